"""« Proposer une session »: a mentor fills in a request, the learner sends it or not (K-14)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import member_of
from accounts.models import User
from accounts.selectors import get_page_by_slug
from bookings import selectors, services
from bookings.forms import SuggestionForm, initial_again
from bookings.views.requests import FIELD_OF, price_context
from core import clock
from core.errors import DomainError
from core.limits import hold
from mentors.selectors import is_bookable
from messaging.selectors import thread_between


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    mentor = member_of(request)
    learner = get_page_by_slug(request.GET.get("membre", "")).user
    if not is_bookable(mentor) or not selectors.is_in_touch(mentor, learner):
        raise Http404
    repeated = selectors.find_own_booking(request.GET.get("reprend", ""), learner=learner, mentor=mentor)
    form = SuggestionForm(
        request.POST if request.method == "POST" else None,
        mentor=mentor,
        initial=initial_again(repeated) if repeated else {},
        today=timezone.localtime(clock.now()).date(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            hold("proposals", mentor.pk)
            services.suggest_session(
                mentor=mentor,
                learner=learner,
                note=form.cleaned_data["note"],
                client_token=form.cleaned_data["client_token"],
                **form.chosen_offer(),
                **form.proposal(),
            )
        except DomainError as error:
            form.add_error(FIELD_OF.get(type(error)), str(error.user_message))
        else:
            return _sent(request, mentor, learner)
    context = {"form": form, "learner": learner, **price_context(form, mentor)}
    return render(request, "bookings/suggest.html", context)


def _sent(request: HttpRequest, mentor: User, learner: User) -> HttpResponse:
    messages.success(request, _("Votre proposition est envoyée."))
    thread = thread_between(mentor, learner)
    return redirect(thread) if thread else redirect("bookings:my_sessions")
