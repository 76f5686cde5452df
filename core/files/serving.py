"""Handing out a kept file to somebody who was found to be allowed to have it."""

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from core.files.models import KeptFile


def hand_out(request: HttpRequest, file: KeptFile) -> HttpResponse:
    """Images are shown, anything else is saved: only what cannot hold a program is opened under our address."""
    return _handed_out(request, file, file.file, file.media_type)


def hand_out_thumbnail(request: HttpRequest, file: KeptFile) -> HttpResponse:
    if not file.thumbnail:
        raise Http404
    return _handed_out(request, file, file.thumbnail, "image/webp")


def _handed_out(request: HttpRequest, file: KeptFile, kept: FieldFile, media_type: str) -> HttpResponse:
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
