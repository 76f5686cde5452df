from django.urls import URLPattern

app_name = "sessions_video"

urlpatterns: list[URLPattern] = []
