from django.urls import URLPattern, path

from cases import views

app_name = "cases"

urlpatterns: list[URLPattern] = [
    path("reservations/<reference:reference>/reclamation/", views.complaint, name="complaint"),
    path("reservations/<reference:reference>/litige/", views.of_booking, name="of_booking"),
    path("litiges/<reference:reference>/", views.detail, name="detail"),
    path("litiges/<reference:reference>/recours/", views.appeal, name="appeal"),
    path("litiges/<reference:reference>/retrait/", views.withdrawal, name="withdrawal"),
    path("litiges/fichiers/<reference:reference>/", views.file, name="file"),
    path("litiges/fichiers/<reference:reference>/vignette/", views.thumbnail, name="thumbnail"),
]
