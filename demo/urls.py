from django.urls import URLPattern, path

from demo import views

app_name = "demo"

urlpatterns: list[URLPattern] = [
    path("", views.index, name="index"),
    path("horloge/", views.move_clock, name="clock"),
    path("courriels/<reference:reference>/", views.email, name="email"),
    path("courriels/<reference:reference>/contenu/", views.email_body, name="email_body"),
    path("courriels/<reference:reference>/<int:attachment>/", views.email_attachment, name="email_attachment"),
    path("connexion/", views.log_in, name="log_in"),
]
