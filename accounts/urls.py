"""What members decide about their account. allauth's own pages are in config/urls.py."""

from django.urls import URLPattern, path

from accounts import views

app_name = "accounts"

urlpatterns: list[URLPattern] = [
    path("compte/donnees/", views.data, name="data"),
    path("compte/donnees/<reference:reference>/", views.archive, name="archive"),
    path("compte/textes/", views.texts, name="texts"),
    path("compte/fermeture/", views.closing, name="closing"),
    path("compte/ferme/", views.closed, name="closed"),
    path("compte/reactivation/<reference:reference>/", views.reactivation, name="reactivation"),
]
