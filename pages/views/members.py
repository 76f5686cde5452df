"""Pages of one member: what others see of him, and his own desk."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import PageForm, PhotoForm, PreferencesForm, WelcomeForm
from accounts.http import member_of, safe_next
from accounts.models import MemberPage
from accounts.selectors import get_page_by_slug, page_of
from accounts.services import remove_photo, set_photo, set_preferences, welcome_member, write_page
from billing.models import ConnectedAccount
from billing.selectors import credit_of
from bookings.selectors import today_sessions, upcoming, waiting_for
from catalog.forms import AddSkillForm
from catalog.selectors import card_of_mentor, declared_skills, trainings_of
from core.errors import DomainError
from core.money import price_cents
from mentors.checklist import checklist_of
from mentors.models import MentorProfile
from mentors.selectors import Day, profile_of, week_of
from mentors.steps import PAGE, way_of
from messaging.selectors import unread_count
from reviews.models import Review
from reviews.selectors import rating_bars, reviews_of

DURATIONS = [30, 60, 90, 120]
USUAL_MINUTES = 60
NEXT_SESSIONS = 3
FIRST_REVIEWS = 5
ALL_REVIEWS = 200


@require_safe
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    page = get_page_by_slug(slug)
    card = card_of_mentor(page.user)
    mentor = profile_of(page.user)
    skills = declared_skills(page.user)
    context = {
        "page": page,
        "card": card,
        "mentor": mentor,
        "skills": skills,
        "skill": next((skill for skill in skills if skill.slug == request.GET.get("competence")), None),
        "trainings": list(trainings_of(page.user, public=True)),
        "week": _week(mentor),
        "zone": page.user.time_zone.replace("_", " "),
        "is_own": request.user == page.user,
        "reviews": _reviews(mentor, everything=request.GET.get("avis") == "tous"),
        "bars": rating_bars(page.user) if mentor.rating_count else [],
        "durations": DURATIONS,
        "minutes": USUAL_MINUTES,
        "amount_cents": price_cents(card.rate_cents, USUAL_MINUTES * 60) if card.rate_cents else None,
    }
    return render(request, "pages/profile.html", context)


def _week(mentor: MentorProfile) -> list[Day]:
    """The usual week, or nothing when the mentor gave none."""
    hints = list(mentor.availability.all()) if mentor.has_begun else []
    return week_of(hints) if hints else []


def _reviews(mentor: MentorProfile, *, everything: bool) -> list[Review]:
    if not mentor.rating_count:
        return []
    return reviews_of(mentor.user, ALL_REVIEWS if everything else FIRST_REVIEWS)


@login_required
@require_http_methods(["GET", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    page = page_of(user)
    form = PageForm(request.POST if request.method == "POST" else None, instance=page)
    if request.method == "POST" and form.is_valid():
        write_page(user=user, words=form.words())
        messages.success(request, _("Votre page est enregistrée."))
        return redirect("pages:profile_edit")
    return _edit_page(request, page, form=form)


def _edit_page(request: HttpRequest, page: MemberPage, **bound: Any) -> HttpResponse:
    context = {
        "form": PageForm(instance=page),
        "photo_form": PhotoForm(),
        "skill_form": AddSkillForm(),
        "page": page,
        "skills": declared_skills(page.user),
        "way": way_of(page.user, PAGE),
    }
    return render(request, "pages/profile_edit.html", context | bound)


@login_required
@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_photo(user=user, content=form.cleaned_data["photo"].read())
        except DomainError as error:
            form.add_error("photo", str(error.user_message))
        else:
            messages.success(request, _("Votre photo est enregistrée."))
            return redirect("pages:profile_edit")
    return _edit_page(request, page_of(user), photo_form=form)


@login_required
@require_POST
def photo_removal(request: HttpRequest) -> HttpResponse:
    remove_photo(user=member_of(request))
    messages.success(request, _("Votre photo est retirée."))
    return redirect("pages:profile_edit")


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    mentor = profile_of(user)
    context = {
        "today": today_sessions(user),
        "waiting": list(waiting_for(user)),
        "sessions": list(upcoming(user)[:NEXT_SESSIONS]),
        "unread": unread_count(user),
        "credit": credit_of(user),
        "mentor": mentor,
        "stripe_account": ConnectedAccount.objects.filter(user=user).first() if mentor.is_validated else None,
        "missing": checklist_of(user).missing_elsewhere if mentor.has_begun else [],
    }
    return render(request, "pages/account.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    names = ["first_name", "last_name", "time_zone", "language", "theme"]
    initial = {name: getattr(user, name) for name in names}
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = set_preferences(user=user, **form.cleaned_data)
        with translation.override(saved.language):
            messages.success(request, _("Vos préférences sont enregistrées."))
        return redirect("pages:preferences")
    return render(request, "pages/preferences.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """The registration form after the confirmed address; then the page the member was going to (ST-13)."""
    user = member_of(request)
    goal = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    initial = {"first_name": user.first_name, "last_name": user.last_name, "time_zone": user.time_zone}
    form = WelcomeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        welcome_member(user=user, **form.cleaned_data)
        messages.success(request, _("Bienvenue sur Skilmi."))
        return redirect(goal or "pages:account")
    return render(request, "pages/welcome.html", {"form": form, "next": goal})
