"""Where the room's page sends what went wrong."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.http import member_of
from sessions_video import services
from sessions_video.errors import NotConfirmed, TooManyReports
from sessions_video.forms import ReportForm
from sessions_video.selectors import get_video_session_for


@never_cache
@login_required
@require_POST
def report(request: HttpRequest, reference: str) -> JsonResponse:
    """Asked by a script in mid-call, so it answers with a sentence instead of a page."""
    user = member_of(request)
    try:
        video_session = get_video_session_for(user, reference)
    except NotConfirmed as error:
        return _answer(error.user_message, HTTPStatus.FORBIDDEN)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _answer(next(iter(form.errors.values()))[0], HTTPStatus.BAD_REQUEST)
    try:
        services.report_problem(video_session=video_session, by=user, **form.cleaned_data)
    except TooManyReports as error:
        return _answer(error.user_message, HTTPStatus.TOO_MANY_REQUESTS)
    return _answer(_("Merci, votre signalement est envoyé à l’équipe avec les mesures de l’appel."), HTTPStatus.CREATED)


def _answer(message: object, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"message": str(message)}, status=status)
