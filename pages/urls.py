"""Addresses of the home, help and legal pages, and of the pages composed from several apps."""

from django.urls import URLPattern, path

from pages.views import appearance, health, legal, members, public, robots, team

app_name = "pages"

urlpatterns: list[URLPattern] = [
    path("", public.home, name="home"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", robots.sitemap_part, name="sitemap_part"),
    path("devenir-mentor/", public.become_mentor, name="become_mentor"),
    path("aide/", public.help_page, name="help"),
    path("aide/echeances/", public.deadlines_page, name="deadlines"),
    path("textes/<slug:name>/<slug:version>/", legal.version, name="legal_version"),
    path("cgu/", legal.document, {"name": "terms"}, name="terms"),
    path("cgps/", legal.document, {"name": "service_terms"}, name="service_terms"),
    path("confidentialite/", legal.document, {"name": "privacy"}, name="privacy"),
    path("mentions-legales/", legal.document, {"name": "legal_notice"}, name="legal_notice"),
    path("accessibilite/", legal.document, {"name": "accessibility"}, name="accessibility"),
    path("cookies/", legal.document, {"name": "cookies"}, name="cookies"),
    path("avis/regles/", legal.document, {"name": "review_policy"}, name="review_policy"),
    path("classement/", legal.document, {"name": "ranking_policy"}, name="ranking_policy"),
    path("membres/<slug:slug>/", members.profile, name="profile"),
    path("profil/modifier/", members.profile_edit, name="profile_edit"),
    path("profil/photo/", members.photo, name="photo"),
    path("profil/photo/retrait/", members.photo_removal, name="photo_removal"),
    path("compte/", members.account, name="account"),
    path("compte/preferences/", members.preferences, name="preferences"),
    path("bienvenue/", members.welcome, name="welcome"),
    path("equipe/", team.home, name="team"),
    path("equipe/sante/", health.health, name="team_health"),
    path("equipe/vue/fin/", team.view_end, name="team_view_end"),
    path("theme/", appearance.theme, name="theme"),
    path("langue/", appearance.language, name="language"),
]
