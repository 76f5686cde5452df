from django.urls import URLPattern, path

from reviews import views

app_name = "reviews"

urlpatterns: list[URLPattern] = [
    path("reservations/<reference:reference>/avis/", views.new, name="new"),
    path("reservations/<reference:reference>/avis/modifier/", views.edit, name="edit"),
]
