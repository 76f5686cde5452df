from django.urls import URLPattern, path

from notifications import views

app_name = "notifications"

urlpatterns: list[URLPattern] = [
    path("notifications/", views.index, name="list"),
    path("notifications/lecture/", views.read_all, name="read_all"),
    path("notifications/arret/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("notifications/choix/", views.mute, name="mute"),
    path("notifications/<int:notice_id>/lecture/", views.read, name="read"),
]
