"""Where the bank sends the learner back when he pays for an extension: beside the room, which stays open."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import member_of
from billing.services.payments import PaymentOutcome
from sessions_video import services
from sessions_video.errors import NotConfirmed
from sessions_video.selectors import get_video_session_for
from sessions_video.states import Role

SECONDS_BETWEEN_LOOKS = 3


@never_cache
@login_required
@require_safe
def payment_return(request: HttpRequest, reference: str) -> HttpResponse:
    """What happened is read from the bank, never from the address."""
    user = member_of(request)
    try:
        video_session = get_video_session_for(user, reference)
    except NotConfirmed as error:
        raise Http404 from error
    if video_session.role_of(user) is not Role.LEARNER:
        raise Http404
    outcome = services.look_at_payment(video_session=video_session)
    context = {"booking": video_session.booking, "outcome": outcome.value}
    response = render(request, "sessions_video/payment_return.html", context)
    if outcome is PaymentOutcome.UNKNOWN:
        # The page looks again by itself, with or without script.
        response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response
