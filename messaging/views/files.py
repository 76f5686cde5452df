"""Files of conversations, handed out to those who may see them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import member_of
from core.files import serving
from messaging import selectors


@login_required
@require_safe
def attachment(request: HttpRequest, reference: str) -> HttpResponse:
    return serving.hand_out(request, selectors.get_attachment_for(member_of(request), reference))


@login_required
@require_safe
def thumbnail(request: HttpRequest, reference: str) -> HttpResponse:
    return serving.hand_out_thumbnail(request, selectors.get_attachment_for(member_of(request), reference))
