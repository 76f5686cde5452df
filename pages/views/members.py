"""Pages of one member: what others see of him, and his own desk."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import PageForm, PhotoForm, PreferencesForm, WelcomeForm
from accounts.http import member_of, safe_next
from accounts.models import MemberPage
from accounts.selectors import page_of
from accounts.services import remove_photo, set_photo, set_preferences, welcome_member, write_page
from billing.models import ConnectedAccount
from billing.selectors import credit_of
from billing.services.debts import freeze_of
from bookings.selectors import today_sessions, upcoming, waiting_for
from cases import selectors as cases
from catalog.forms import AddSkillForm
from catalog.selectors import declared_skills, get_sheet, shown_trainings_of
from catalog.selectors.names import current_slug
from catalog.structured import profile_block
from core.errors import DomainError
from core.limits import hold
from core.money import price_cents
from core.structured_data import absolute
from mentors.checklist import checklist_of
from mentors.models import MentorProfile
from mentors.selectors import profile_of, week_of
from mentors.steps import PAGE, way_of
from messaging.selectors import unread_count
from reviews.selectors import reviews_of, tally_of
from support import selectors as support

DURATIONS = [30, 60, 90, 120]
USUAL_MINUTES = 60
NEXT_SESSIONS = 3
REVIEWS_SHOWN = 10


@require_safe
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = get_sheet(slug)
    card, mentor, member = sheet.card, sheet.mentor, sheet.page.user
    asked = current_slug(request.GET.get("competence", ""))
    context = {
        "page": sheet.page,
        "card": card,
        "mentor": mentor,
        "skills": sheet.skills,
        "skill": next((skill for skill in sheet.skills if skill.slug == asked), None),
        "trainings": shown_trainings_of(member) if mentor.is_validated else [],
        "week": week_of(sheet.hints) if sheet.hints else [],
        "zone": member.time_zone.replace("_", " "),
        "is_own": request.user == member,
        "tally": tally_of(member) if mentor.is_validated else None,
        "durations": DURATIONS,
        "minutes": USUAL_MINUTES,
        "amount_cents": price_cents(card.rate_cents, USUAL_MINUTES * 60) if card.rate_cents else None,
        "address": absolute(card.href),
        "portrait": absolute(sheet.page.photo.url) if sheet.page.photo else "",
        "structured": profile_block(card, sheet.page),
    }
    return render(request, "pages/profile.html", context | _reviews(mentor, request.GET.get("avis", "1")))


def _reviews(mentor: MentorProfile, number: str) -> dict[str, Any]:
    """One page of them, read only when there are some."""
    pages = Paginator(range(mentor.rating_count), REVIEWS_SHOWN)
    page = pages.get_page(number)
    start = max(page.start_index() - 1, 0)
    return {
        "reviews_page": page,
        "reviews": reviews_of(mentor.user, REVIEWS_SHOWN, start) if mentor.rating_count else [],
    }


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
            hold("uploads", user.pk)
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
        "cases": cases.unanswered_by(user),
        "tickets": list(support.unanswered_by(user)),
        "sessions": list(upcoming(user)[:NEXT_SESSIONS]),
        "unread": unread_count(user),
        "credit": credit_of(user),
        "freeze": freeze_of(user),
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
