from django.urls import URLPattern, path

from messaging import views

app_name = "messaging"

urlpatterns: list[URLPattern] = [
    path("messagerie/", views.inbox, name="inbox"),
    path("messagerie/nouveau/<slug:slug>/", views.contact, name="contact"),
    path("messagerie/fichiers/<reference:reference>/", views.attachment, name="attachment"),
    path("messagerie/fichiers/<reference:reference>/vignette/", views.thumbnail, name="thumbnail"),
    path("messagerie/<reference:reference>/", views.thread, name="thread"),
    path("messagerie/<reference:reference>/nouveaux/", views.news, name="news"),
    path("messagerie/<reference:reference>/lecture/", views.read, name="read"),
]
