from django.urls import URLPattern, path

from messaging.views import files, safety, threads

app_name = "messaging"

urlpatterns: list[URLPattern] = [
    path("messagerie/", threads.inbox, name="inbox"),
    path("messagerie/nouveau/<slug:slug>/", threads.contact, name="contact"),
    path("messagerie/fichiers/<reference:reference>/", files.attachment, name="attachment"),
    path("messagerie/fichiers/<reference:reference>/vignette/", files.thumbnail, name="thumbnail"),
    path("messagerie/personnes-bloquees/", safety.blocked, name="blocked"),
    path("messagerie/<reference:reference>/blocage/", safety.block, name="block"),
    path("messagerie/<reference:reference>/deblocage/", safety.unblock, name="unblock"),
    path("messagerie/<reference:reference>/signalement/", safety.report, name="report"),
    path("messagerie/<reference:reference>/", threads.thread, name="thread"),
    path("messagerie/<reference:reference>/nouveaux/", threads.news, name="news"),
    path("messagerie/<reference:reference>/lecture/", threads.read, name="read"),
]
