"""« Mon offre de formation » and the skills of one's own page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import member_of
from accounts.models import User
from catalog.differences import differences
from catalog.errors import CatalogError
from catalog.forms import AddSkillForm, CategoryProposalForm, ProposalForm, TrainingForm, initial_words
from catalog.models import Skill, Training
from catalog.selectors import get_any_skill, get_training_for, revision_of, trainings_of
from catalog.selectors.names import proposals_by
from catalog.services import (
    add_skill,
    create_training,
    edit_training,
    propose_category,
    propose_skill,
    remove_skill,
    submit_training,
    withdraw_change,
)
from catalog.states import TrainingStatus
from core.errors import IllegalMove
from mentors.selectors import profile_of
from mentors.steps import OFFER, way_of


@login_required
@require_GET
def offer(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    profile = profile_of(user)
    if not profile.is_validated:
        return render(request, "catalog/offer_locked.html", _locked_context(user))
    return _offer_page(request)


def _locked_context(user: User) -> dict[str, Any]:
    """Why the tab is closed, and what would open it."""
    return {"way": way_of(user, OFFER), "trainings": trainings_of(user)}


def _offer_page(request: HttpRequest, **bound: Any) -> HttpResponse:
    user = member_of(request)
    context = {
        "trainings": trainings_of(user),
        "proposals": proposals_by(user),
        "form": ProposalForm(mentor=user),
        "category_form": CategoryProposalForm(),
        "way": way_of(user, OFFER),
    }
    return render(request, "catalog/offer.html", context | bound)


@login_required
@require_http_methods(["GET", "POST"])
def training_new(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    if not profile_of(user).is_validated:
        return redirect("catalog:offer")
    form = TrainingForm(request.POST if request.method == "POST" else None, mentor=user)
    if request.method == "POST" and form.is_valid():
        try:
            training = create_training(mentor=user, words=form.words())
        except CatalogError as error:
            form.add_error(None, str(error.user_message))
        else:
            return _after_writing(request, training)
    return render(request, "catalog/training_form.html", {"form": form, "training": None})


@login_required
@require_http_methods(["GET", "POST"])
def training_edit(request: HttpRequest, slug: str) -> HttpResponse:
    user = member_of(request)
    training = get_training_for(user, slug)
    revision = revision_of(training)
    form = TrainingForm(
        request.POST if request.method == "POST" else None, mentor=user, initial=initial_words(revision or training)
    )
    if request.method == "POST" and form.is_valid():
        try:
            training = edit_training(training=training, mentor=user, words=form.words())
        except CatalogError as error:
            form.add_error(None, str(error.user_message))
        else:
            return _after_writing(request, training)
    context = {
        "form": form,
        "training": training,
        "revision": revision,
        "differences": differences(training, revision) if revision else [],
    }
    return render(request, "catalog/training_form.html", context)


def _after_writing(request: HttpRequest, training: Training) -> HttpResponse:
    """The form has two buttons: keep as it is, or send to the team at once."""
    if training.status == TrainingStatus.VALIDATED:
        if revision_of(training):
            messages.success(
                request, _("Votre modification est envoyée à l’équipe. L’ancien texte reste public en attendant.")
            )
        else:
            messages.success(request, _("Le texte public n’a pas changé."))
    elif "send" in request.POST:
        return _send(request, training)
    else:
        messages.success(request, _("Formation enregistrée."))
    return redirect("catalog:offer")


@login_required
@require_POST
def training_submission(request: HttpRequest, slug: str) -> HttpResponse:
    return _send(request, get_training_for(member_of(request), slug))


def _send(request: HttpRequest, training: Training) -> HttpResponse:
    try:
        submit_training(training=training, mentor=member_of(request))
    except (CatalogError, IllegalMove) as error:
        messages.error(request, str(error.user_message))
    else:
        messages.success(request, _("Formation envoyée à l’équipe. Elle sera visible après validation."))
    return redirect("catalog:offer")


@login_required
@require_POST
def change_withdrawal(request: HttpRequest, slug: str) -> HttpResponse:
    user = member_of(request)
    withdraw_change(training=get_training_for(user, slug), mentor=user)
    messages.success(request, _("Votre modification est retirée. Le texte public n’a pas changé."))
    return redirect("catalog:offer")


@login_required
@require_POST
def proposal(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    if not profile_of(user).is_validated:
        return redirect("catalog:offer")
    form = ProposalForm(request.POST, mentor=user)
    if form.is_valid():
        try:
            propose_skill(by=user, **form.cleaned_data)
        except CatalogError as error:
            form.add_error(None, str(error.user_message))
        else:
            messages.success(
                request, _("Votre proposition est envoyée à l’équipe. Vous pouvez déjà préparer une formation avec.")
            )
            return redirect("catalog:offer")
    return _offer_page(request, form=form)


@login_required
@require_POST
def category_proposal(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    if not profile_of(user).is_validated:
        return redirect("catalog:offer")
    form = CategoryProposalForm(request.POST)
    if form.is_valid():
        try:
            propose_category(by=user, name=form.cleaned_data["category_name"])
        except CatalogError as error:
            form.add_error("category_name", str(error.user_message))
        else:
            messages.success(
                request, _("Votre proposition est envoyée à l’équipe. Vous pouvez déjà y proposer une compétence.")
            )
            return redirect("catalog:offer")
    return _offer_page(request, category_form=form)


@login_required
@require_POST
def skill_addition(request: HttpRequest) -> HttpResponse:
    form = AddSkillForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["skill"]))
        return redirect(_skills_anchor())
    skill: Skill = form.cleaned_data["skill"]
    try:
        add_skill(user=member_of(request), skill=skill)
    except CatalogError as error:
        messages.error(request, str(error.user_message))
    else:
        messages.success(
            request, _("%(skill)s : vous êtes dans la communauté pour cette compétence.") % {"skill": skill}
        )
    return redirect(_skills_anchor())


@login_required
@require_POST
def skill_removal(request: HttpRequest, slug: str) -> HttpResponse:
    skill = get_any_skill(slug)
    remove_skill(user=member_of(request), skill=skill)
    messages.success(
        request, _("%(skill)s : compétence retirée. Vous ne recevrez plus de demande à ce sujet.") % {"skill": skill}
    )
    return redirect(_skills_anchor())


def _skills_anchor() -> str:
    return reverse("pages:profile_edit") + "#competences"
