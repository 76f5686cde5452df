from django.urls import URLPattern, path

from sessions_video import checking, payment_page, reporting, views

app_name = "sessions_video"

urlpatterns: list[URLPattern] = [
    path("salle/test/", checking.check, name="check"),
    path("salle/test/ice/", checking.check_ice, name="check_ice"),
    path("salle/<reference:reference>/", views.room, name="room"),
    path("salle/<reference:reference>/ice/", views.ice, name="ice"),
    path("salle/<reference:reference>/signaler/", reporting.report, name="report"),
    path("salle/<reference:reference>/paiement/", payment_page.payment_return, name="payment_return"),
    path("reservations/<reference:reference>/releve/", views.proof, name="proof"),
    path("reservations/<reference:reference>/releve.csv", views.proof_file, name="proof_file"),
]
