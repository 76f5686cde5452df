from django.urls import URLPattern, path

from reviews import views

app_name = "reviews"

urlpatterns: list[URLPattern] = [
    path("reservations/<reference:reference>/avis/", views.new, name="new"),
    path("reservations/<reference:reference>/avis/modifier/", views.edit, name="edit"),
    path("avis/<reference:reference>/fiche/", views.detail, name="detail"),
    path("avis/<reference:reference>/reponse/", views.reply, name="reply"),
    path("avis/<reference:reference>/reponse/modifier/", views.edit_reply, name="edit_reply"),
    path("avis/<reference:reference>/signalement/", views.report, name="report"),
]
