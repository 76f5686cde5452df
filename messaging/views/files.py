"""Files of conversations, handed out to those who may see them."""

from django.contrib.auth.decorators import login_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.http import member_of
from messaging import selectors
from messaging.models import Attachment


@login_required
@require_safe
def attachment(request: HttpRequest, reference: str) -> HttpResponse:
    """Images are shown, anything else is saved: only what cannot hold a program is opened under our address."""
    file = selectors.get_attachment_for(member_of(request), reference)
    return _handed_out(request, file, file.file, file.media_type)


@login_required
@require_safe
def thumbnail(request: HttpRequest, reference: str) -> HttpResponse:
    file = selectors.get_attachment_for(member_of(request), reference)
    if not file.thumbnail:
        raise Http404
    return _handed_out(request, file, file.thumbnail, "image/webp")


def _handed_out(request: HttpRequest, file: Attachment, kept: FieldFile, media_type: str) -> HttpResponse:
    etag = f'"{file.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged:
        return unchanged
    try:
        with kept.open("rb") as opened:
            response = HttpResponse(opened.read(), content_type=media_type)
    except FileNotFoundError as error:
        raise Http404 from error
    disposition = content_disposition_header(not media_type.startswith("image/"), file.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Asked again each time: the next person at this computer is somebody else.
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag
    return response
