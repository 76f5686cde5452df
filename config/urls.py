"""Every address of the product but those of probes (core.middleware). Paths are French nouns, names are English."""

from allauth.account import views as account
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.static import serve

from accounts.views import end_other_sessions, send_confirmation_again, signup

handler400 = "pages.views.errors.bad_request"
handler403 = "pages.views.errors.forbidden"
handler404 = "pages.views.errors.not_found"
handler500 = "pages.views.errors.server_error"

# An address is compared with those before it: lists, conversations and bookings are asked for most.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("catalog.urls")),
    path("", include("messaging.urls")),
    path("", include("bookings.urls")),
    path("", include("mentors.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("billing.urls")),
    path("", include("sessions_video.urls")),
    path("", include("reviews.urls")),
    path("", include("cases.urls")),
    path("", include("support.urls")),
    path("", include("pages.urls")),
    path("admin/", admin.site.urls),
    # allauth keeps its names, at French addresses.
    path("inscription/", signup, name="account_signup"),
    path("connexion/", account.login, name="account_login"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("compte-inactif/", account.account_inactive, name="account_inactive"),
    path("confirmer/", account.email_verification_sent, name="account_email_verification_sent"),
    path("confirmer/renvoi/", send_confirmation_again, name="account_send_confirmation_again"),
    path("confirmer/<str:key>/", account.confirm_email, name="account_confirm_email"),
    path("compte/adresse/", account.email, name="account_email"),
    path("compte/sessions/fin/", end_other_sessions, name="account_end_sessions"),
    path("compte/reauthentification/", account.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/changer/", account.password_change, name="account_change_password"),
    path("mot-de-passe/definir/", account.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", account.password_reset_done, name="account_reset_password_done"),
    # The key holds a hyphen too: only the first one separates.
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/nouveau/termine/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("compte/securite/", include("allauth.mfa.urls")),
]

if getattr(settings, "DEMO", False):
    urlpatterns.append(path("demo/", include("demo.urls")))
    # `static()` serves nothing when DEBUG is off, as in the optimized demo.
    urlpatterns.append(
        path(f"{settings.MEDIA_URL.removeprefix('/')}<path:path>", serve, {"document_root": settings.MEDIA_ROOT})
    )
