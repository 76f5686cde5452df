"""Addresses of the mentor's own pages."""

from django.urls import URLPattern, path

from mentors.views import application, billing

app_name = "mentors"

urlpatterns: list[URLPattern] = [
    path("profil/devenir-mentor/", application.application, name="application"),
    path("profil/contact-facturation/", billing.billing, name="billing"),
    path("profil/contact-facturation/tarif/", billing.rate, name="rate"),
    path("profil/contact-facturation/disponibilites/", billing.availability, name="availability"),
    path(
        "profil/contact-facturation/disponibilites/<int:hint_id>/retrait/",
        billing.availability_removal,
        name="availability_removal",
    ),
    path("profil/contact-facturation/facturation/", billing.company, name="company"),
    path("profil/contact-facturation/mandat/", billing.mandate, name="mandate"),
]
