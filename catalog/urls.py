"""Addresses of the community and of trainings."""

from django.urls import URLPattern, path

from catalog.views import community, offer, trainings

app_name = "catalog"

urlpatterns: list[URLPattern] = [
    path("communaute/", community.community, name="community"),
    path("communaute/<slug:slug>/", community.community_skill, name="community_skill"),
    path("categories/", community.categories, name="categories"),
    path("formations/", trainings.trainings, name="trainings"),
    path("formations/<slug:slug>/", trainings.training, name="training"),
    path("profil/offre/", offer.offer, name="offer"),
    path("profil/offre/nouvelle/", offer.training_new, name="training_new"),
    path("profil/offre/propositions/", offer.proposal, name="proposal"),
    path("profil/offre/propositions/categorie/", offer.category_proposal, name="category_proposal"),
    path("profil/offre/<slug:slug>/", offer.training_edit, name="training_edit"),
    path("profil/offre/<slug:slug>/envoi/", offer.training_submission, name="training_submission"),
    path("profil/offre/<slug:slug>/modification/retrait/", offer.change_withdrawal, name="training_change_withdrawal"),
    path("profil/competences/", offer.skill_addition, name="skill_addition"),
    path("profil/competences/<slug:slug>/retrait/", offer.skill_removal, name="skill_removal"),
]
