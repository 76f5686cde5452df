from django.urls import URLPattern, path

from sessions_video import views

app_name = "sessions_video"

urlpatterns: list[URLPattern] = [
    path("salle/<str:reference>/", views.room, name="room"),
    path("salle/<str:reference>/ice/", views.ice, name="ice"),
    path("reservations/<str:reference>/releve/", views.proof, name="proof"),
]
