"""The learner complains; both read the case, explain, and may ask once for another decision."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.http import member_of
from accounts.models import User
from billing.models import Payout
from cases import presentation, selectors, services
from cases.errors import AlreadyACase, CaseError, NoAppealNow
from cases.evidence import evidence_of
from cases.forms import AppealForm, ComplaintForm, WordsForm
from cases.models import Case
from cases.states import Status
from core import clock, values
from core.errors import DomainError
from core.files import serving
from core.files.errors import FilesRefused

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _took_words(request: HttpRequest, form: WordsForm, take: Callable[..., object]) -> bool:
    """True when the case is to be shown: the words are taken, or it went on meanwhile.

    Files that are not taken leave the form as it was filled in.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        take(words=form.cleaned_data["words"], files=form.cleaned_data["attachments"])
    except FilesRefused as error:
        form.add_error("attachments", str(error.user_message))
        return False
    except DomainError as error:
        messages.error(request, str(error.user_message))
    else:
        messages.success(request, _("C’est enregistré\u202f: l’autre personne est prévenue."))
    return True


@login_required
@read_or_send
def complaint(request: HttpRequest, reference: str) -> HttpResponse:
    """The form, or why there is none; a session that has its case leads there."""
    booking = selectors.get_booking_to_complain_of(member_of(request), reference)
    try:
        stake = selectors.complaint_stake(booking)
    except AlreadyACase:
        return redirect("cases:of_booking", booking.reference)
    except CaseError as error:
        return render(request, "cases/nothing.html", {"booking": booking, "why": error.user_message}, status=409)
    form = ComplaintForm(*_sent(request), most_cents=stake)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            words = services.Complaint(said["topic"], said["words"], said["montant"])
            case = services.open_complaint(booking=booking, complaint=words, files=said["attachments"])
        except DomainError as error:
            form.add_error("attachments" if isinstance(error, FilesRefused) else None, str(error.user_message))
        else:
            messages.success(request, _("Votre réclamation est enregistrée."))
            return redirect(case)
    settlement = selectors.settlement_of(booking)
    context = {
        "booking": booking,
        "form": form,
        "stake_cents": stake,
        "settlement": settlement,
        "payout": Payout.objects.filter(settlement=settlement).first(),
        "answer_until": clock.now() + values.days("complaint_answer_days"),
    }
    return render(request, "cases/complaint.html", context)


@login_required
@require_GET
def of_booking(request: HttpRequest, reference: str) -> HttpResponse:
    return redirect(selectors.get_case_of_booking(member_of(request), reference))


@login_required
@read_or_send
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the case stands; sent: the words of whoever has not spoken in this round."""
    user = member_of(request)
    case = selectors.get_case_for(user, reference)
    form = WordsForm(*_sent(request))
    if _took_words(request, form, partial(services.give_statement, case=case, by=user)):
        return redirect(case)
    return render(request, "cases/detail.html", _context(case, user) | {"form": form})


def _context(case: Case, user: User) -> dict[str, Any]:
    must_speak = case.takes_words and not selectors.has_spoken(case, user)
    evidence = evidence_of(case)
    return {
        "case": case,
        "booking": case.booking,
        "other": case.booking.other(user),
        "is_learner": user.pk == case.booking.learner_id,
        "title": presentation.title_of(case),
        "badge": presentation.badge_for(case, must_speak=must_speak),
        "next": presentation.next_of(case, user, must_speak=must_speak),
        "must_speak": must_speak,
        "may_appeal": _may_appeal(case),
        "money": presentation.money_words(case, evidence.payout, user),
        "statements": case.statements.select_related("author__page").prefetch_related("files"),
        "decisions": [
            (each, presentation.decision_words(each), presentation.net_words(case, each))
            for each in case.decisions.all()
        ],
        "evidence": evidence,
        "steps": presentation.timeline(case, user),
    }


def _may_appeal(case: Case) -> bool:
    return case.status == Status.DECIDED and case.appeal_until is not None and clock.now() < case.appeal_until


@login_required
@read_or_send
def appeal(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    case = selectors.get_case_for(user, reference)
    form = AppealForm(*_sent(request))
    if _took_words(request, form, partial(services.appeal, case=case, by=user)):
        return redirect(case)
    if not _may_appeal(case):
        messages.error(request, str(NoAppealNow.user_message))
        return redirect(case)
    decision = case.decisions.last()
    context = {
        "case": case,
        "other": case.booking.other(user),
        "form": form,
        "decision": decision,
        "words": presentation.decision_words(decision) if decision else "",
    }
    return render(request, "cases/appeal.html", context)


@login_required
@read_or_send
def withdrawal(request: HttpRequest, reference: str) -> HttpResponse:
    """What taking a complaint back does, then a button."""
    case = selectors.get_own_complaint(member_of(request), reference)
    if request.method == "POST":
        try:
            services.withdraw_complaint(case=case)
        except DomainError as error:
            messages.error(request, str(error.user_message))
        else:
            messages.success(request, _("Votre réclamation est retirée."))
        return redirect(case)
    if not case.can_be_withdrawn:
        return redirect(case)
    return render(request, "cases/withdrawal.html", {"case": case, "other": case.booking.mentor})


@login_required
@require_safe
def file(request: HttpRequest, reference: str) -> HttpResponse:
    return serving.hand_out(request, selectors.get_file_for(member_of(request), reference))


@login_required
@require_safe
def thumbnail(request: HttpRequest, reference: str) -> HttpResponse:
    return serving.hand_out_thumbnail(request, selectors.get_file_for(member_of(request), reference))
