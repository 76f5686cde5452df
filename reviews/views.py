"""The learner's review of a session: write it, change it within a day."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from reviews.errors import AlreadyReviewed, ReviewError
from reviews.forms import ReviewForm
from reviews.models import Review
from reviews.selectors import deadline, get_booking_to_review, get_review_for, why_not, why_not_edit
from reviews.services import edit_review, publish_review


def _member(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (guaranteed by login_required)
    return request.user


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reference: str) -> HttpResponse:
    user = _member(request)
    booking = get_booking_to_review(user, reference)
    form = ReviewForm(request.POST or None)
    refused = why_not(booking)
    if request.method == "POST" and form.is_valid():
        try:
            publish_review(booking=booking, by=user, **form.cleaned_data)
        except ReviewError as error:
            refused = error
        else:
            messages.success(request, gettext("Merci\u202f! Votre avis est publié."))
            return redirect(f"{booking.mentor.page.get_absolute_url()}#avis")
    context = {"booking": booking, "form": form, "refused": refused, "until": deadline(booking)}
    if isinstance(refused, AlreadyReviewed):
        mine = Review.objects.get(booking=booking)
        context |= {"review": mine, "editable": why_not_edit(mine) is None}
    return render(request, "reviews/new.html", context, status=409 if refused and request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    review = get_review_for(_member(request), reference)
    form = ReviewForm(request.POST or None, initial={"mark": review.mark, "comment": review.comment})
    if request.method == "POST" and form.is_valid():
        try:
            edit_review(review=review, **form.cleaned_data)
        except ReviewError as error:
            messages.error(request, str(error.user_message))
        else:
            messages.success(request, gettext("Votre avis est modifié."))
        return redirect(f"{review.mentor.page.get_absolute_url()}#avis")
    context = {"booking": review.booking, "form": form, "refused": why_not_edit(review), "editing": True}
    return render(request, "reviews/new.html", context)
