"""The learner's review of a session, and what the two people do about it afterwards."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import member_of
from core.values import value
from reviews import selectors, services
from reviews.errors import AlreadyReviewed, PassageNotFound, ReviewError, ReviewRemoved
from reviews.forms import ReplyForm, ReportForm, ReviewForm
from reviews.models import Review

read_or_send = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT = 409


@login_required
@read_or_send
def new(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    booking = selectors.get_booking_to_review(user, reference)
    form = ReviewForm(request.POST or None)
    refused = selectors.why_not(booking)
    if request.method == "POST" and form.is_valid():
        try:
            written = services.publish_review(booking=booking, by=user, **form.cleaned_data)
        except ReviewError as error:
            refused = error
        else:
            messages.success(request, gettext("Merci\u202f! Votre avis est publié."))
            return redirect(written.address)
    context = {
        "booking": booking,
        "form": form,
        "refused": refused,
        "until": selectors.deadline(booking),
        "edit_hours": value("review_edit_hours"),
    }
    if isinstance(refused, AlreadyReviewed | ReviewRemoved):
        mine = Review.objects.drawn().get(booking=booking)
        context |= {"review": mine, "editable": selectors.why_not_edit(mine) is None}
    status = CONFLICT if refused and request.method == "POST" else 200
    return render(request, "reviews/new.html", context, status=status)


@login_required
@read_or_send
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    review = selectors.get_review_for(member_of(request), reference)
    form = ReviewForm(request.POST or None, initial={"mark": review.mark, "comment": review.comment})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_review(review=review, **form.cleaned_data)
        except ReviewError as error:
            messages.error(request, str(error.user_message))
        else:
            messages.success(request, gettext("Votre avis est modifié."))
        return redirect(review.address)
    context = {
        "booking": review.booking,
        "form": form,
        "refused": selectors.why_not_edit(review),
        "review": review,
        "editing": True,
    }
    return render(request, "reviews/new.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One review, for its two people: what everybody reads, what the team decided, and what each may do."""
    user = member_of(request)
    review = selectors.get_review_of_party(user, reference)
    is_mentor = user.pk == review.mentor_id
    report = selectors.report_of(review) if is_mentor else None
    context = {
        "review": review,
        "is_mentor": is_mentor,
        "report": report,
        "decision": selectors.decision_about(review),
        "may_edit": not is_mentor and selectors.why_not_edit(review) is None,
        "may_reply": is_mentor and selectors.why_not_reply(review) is None,
        "may_edit_reply": is_mentor and selectors.why_not_edit_reply(review) is None,
        "may_report": is_mentor and selectors.why_not_report(review) is None,
    }
    return render(request, "reviews/detail.html", context)


@login_required
@read_or_send
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    review = selectors.get_review_received(member_of(request), reference)
    form = ReplyForm(request.POST or None)
    refused = selectors.why_not_reply(review)
    if request.method == "POST" and form.is_valid():
        try:
            services.reply_to(review=review, **form.cleaned_data)
        except ReviewError as error:
            refused = error
        else:
            messages.success(request, gettext("Votre réponse est publiée sous l’avis."))
            return redirect(review)
    return _page(request, "reviews/reply.html", review, form, refused)


@login_required
@read_or_send
def edit_reply(request: HttpRequest, reference: str) -> HttpResponse:
    review = selectors.get_review_received(member_of(request), reference)
    form = ReplyForm(request.POST or None, initial={"text": review.reply})
    refused = selectors.why_not_edit_reply(review)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_reply(review=review, **form.cleaned_data)
        except ReviewError as error:
            refused = error
        else:
            messages.success(request, gettext("Votre réponse est modifiée."))
            return redirect(review)
    return _page(request, "reviews/reply.html", review, form, refused, editing=True)


@login_required
@read_or_send
def report(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    review = selectors.get_review_received(user, reference)
    form = ReportForm(request.POST or None, initial={"passage": review.comment})
    refused = selectors.why_not_report(review)
    if request.method == "POST" and form.is_valid():
        try:
            services.report_review(review=review, by=user, **form.cleaned_data)
        except PassageNotFound as error:
            form.add_error("passage", str(error.user_message))
        except ReviewError as error:
            refused = error
        else:
            messages.success(request, gettext("Votre signalement est envoyé à l’équipe."))
            return redirect(review)
    return _page(request, "reviews/report.html", review, form, refused)


def _page(
    request: HttpRequest,
    template: str,
    review: Review,
    form: forms.Form,
    refused: ReviewError | None,
    **more: Any,
) -> HttpResponse:
    """A form about one review, or why it is closed."""
    context = more | {
        "review": review,
        "form": form,
        "refused": refused,
        "edit_hours": value("review_edit_hours"),
    }
    status = CONFLICT if refused and request.method == "POST" else 200
    return render(request, template, context, status=status)
