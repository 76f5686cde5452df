from django.urls import URLPattern, path

from support.views import contact, tickets

app_name = "support"

urlpatterns: list[URLPattern] = [
    path("contact/", contact.index, name="contact"),
    path("contact/envoyee/", contact.sent, name="sent"),
    path("contact/demandes/", tickets.mine, name="tickets"),
    path("contact/demandes/fichiers/<reference:reference>/", tickets.file, name="file"),
    path("contact/demandes/fichiers/<reference:reference>/vignette/", tickets.thumbnail, name="thumbnail"),
    path("contact/demandes/<reference:reference>/", tickets.ticket, name="ticket"),
    path("contact/demandes/<reference:reference>/cloture/", tickets.closing, name="closing"),
    path("contact/suivi/<str:key>/", tickets.visitor_ticket, name="visitor_ticket"),
    path("contact/suivi/<str:key>/cloture/", tickets.visitor_closing, name="visitor_closing"),
    path("contact/suivi/<str:key>/fichiers/<reference:reference>/", tickets.visitor_file, name="visitor_file"),
    path(
        "contact/suivi/<str:key>/fichiers/<reference:reference>/vignette/",
        tickets.visitor_thumbnail,
        name="visitor_thumbnail",
    ),
    path("contact/<slug:slug>/", contact.motive, name="motive"),
]
