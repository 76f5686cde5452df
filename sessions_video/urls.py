from django.urls import URLPattern, path

from sessions_video import views

app_name = "sessions_video"

urlpatterns: list[URLPattern] = [
    path("salle/<reference:reference>/", views.room, name="room"),
    path("salle/<reference:reference>/ice/", views.ice, name="ice"),
    path("reservations/<reference:reference>/releve/", views.proof, name="proof"),
    path("reservations/<reference:reference>/releve.csv", views.proof_file, name="proof_file"),
]
