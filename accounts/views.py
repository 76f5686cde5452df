"""allauth's views, where ours adds something; and what members decide about their account."""

from urllib.parse import urlencode

from allauth.account.stages import EmailVerificationStage, LoginStageController, send_verification_email_at_login
from allauth.account.views import signup as allauth_signup
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.closings import close_account, reactivate
from accounts.exports import get_archive_for, latest_export, request_export
from accounts.forms import ClosingForm, PasswordAgainForm, TextsForm
from accounts.http import member_of, safe_next
from accounts.models import Closing, User
from accounts.rules import EXPORT_KEPT, REACTIVATION
from accounts.selectors import texts_announced, texts_to_accept
from accounts.services import accept_legal, end_sessions
from core import clock, personal_data
from core.errors import DomainError
from core.exporting import chunks_of
from core.identifiers import fingerprint
from core.streaming import download


def signup(request: HttpRequest) -> HttpResponse:
    """The whole account or nothing of it. Of two forms sent at once, the second finds an address that is known."""
    try:
        return _signup(request)
    except IntegrityError:
        return _signup(request)


@transaction.atomic
def _signup(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = allauth_signup(request)
    return response


@require_POST
def send_confirmation_again(request: HttpRequest) -> HttpResponse:
    """From the page that waits for the address to be confirmed. allauth sets the pace, and answers all alike."""
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    if stage is None:
        messages.info(request, _("Connectez-vous avec cette adresse et son mot de passe\u202f: l’e-mail repart."))
        return redirect("account_login")
    if not send_verification_email_at_login(request, stage.login):
        messages.warning(
            request, _("Rien de plus n’est parti\u202f: le dernier e-mail a moins de trois minutes. Attendez un peu.")
        )
    return redirect("account_email_verification_sent")


@login_required
@require_http_methods(["GET", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """« Mes données »: ask for the archive, then fetch it (K-19)."""
    user = member_of(request)
    form = PasswordAgainForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            request_export(user=user)
        except DomainError as error:
            form.add_error(None, str(error.user_message))
        else:
            messages.success(request, _("Votre archive est en préparation. Un e-mail vous dira quand elle est prête."))
            return redirect("accounts:data")
    context = {"form": form, "export": latest_export(user), "days": EXPORT_KEPT.days}
    return render(request, "accounts/data.html", context)


@login_required
@require_safe
def archive(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    found = get_archive_for(member_of(request), reference)
    name = f"skilmi-mes-donnees-{found.asked_at:%Y-%m-%d}.zip"
    chunks = chunks_of(found.file.storage, str(found.file.name))()
    return download(request, filename=name, chunks=chunks, kind="application/zip")


@login_required
@require_http_methods(["GET", "POST"])
def closing(request: HttpRequest) -> HttpResponse:
    """« Se désinscrire » (ST-20): what it does, with dates and euros; then the password."""
    user = member_of(request)
    form = ClosingForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            close_account(user=user, password=form.cleaned_data["password"], reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error.user_message))
        else:
            logout(request)
            return redirect("accounts:closed")
    return render(request, "accounts/closing.html", {"form": form, **_what_closing_does(user)})


def _what_closing_does(user: User) -> dict[str, object]:
    now = clock.now()
    return {
        "obstacles": personal_data.obstacles_of(user.pk, now),
        "consequences": personal_data.consequences_of(user.pk, now),
        "kept": personal_data.kept_by_ground(),
        "erases_at": now + REACTIVATION,
        "days": REACTIVATION.days,
    }


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/closed.html", {"days": REACTIVATION.days})


@require_http_methods(["GET", "POST"])
def reactivation(request: HttpRequest, reference: str) -> HttpResponse:
    """For whoever logged in to a closed account, or followed the link of its e-mails (ST-22)."""
    found = get_object_or_404(Closing, reference=reference)
    if request.method == "POST":
        try:
            reactivate(closing=found)
        except DomainError as error:
            messages.error(request, str(error.user_message))
            return redirect("accounts:reactivation", reference)
        messages.success(request, _("Votre compte est réactivé. Connectez-vous."))
        return redirect("account_login")
    is_open = found.can_be_taken_back(clock.now())
    return render(request, "accounts/reactivation.html", {"closing": found, "is_open": is_open})


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    update_session_auth_hash(request, end_sessions(user=member_of(request)))
    messages.success(request, _("Vous êtes déconnecté partout ailleurs."))
    return redirect("pages:preferences")


@login_required
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest) -> HttpResponse:
    """Texts that changed since the member accepted them, or change soon: he accepts, or reads on for now."""
    user = member_of(request)
    goal = safe_next(request, request.POST.get("next") or request.GET.get("next")) or reverse("pages:account")
    found = texts_to_accept(user) + texts_announced(user)
    if not found:
        return redirect(goal)
    read = fingerprint(*((text.document, text.version.name) for text in found))
    if request.method == "POST" and request.POST.get("read", read) != read:
        # The page was open while another text came: nobody accepts what he was not shown.
        messages.warning(request, _("Nos textes ont changé depuis que vous avez ouvert cette page\u202f: les voici."))
        return redirect(f"{reverse('accounts:texts')}?{urlencode({'next': goal})}")
    is_early = not any(text.is_in_force for text in found)
    form = TextsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        accept_legal(user=user, documents=[text.document for text in found])
        messages.success(request, _("C’est noté, merci."))
        return redirect(goal)
    context = {"form": form, "texts": found, "is_early": is_early, "next": goal, "read": read}
    return render(request, "accounts/texts.html", context)
