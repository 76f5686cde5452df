"""Stripe's two doors: snapshot events (API v1) and thin ones (API v2). Stored, answered, handled later."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.gateway import BadSignature
from billing.services.webhooks import receive


@csrf_exempt
@require_POST
def snapshot(request: HttpRequest) -> HttpResponse:
    return _receive(request, settings.STRIPE_WEBHOOK_SECRET, is_thin=False)


@csrf_exempt
@require_POST
def thin(request: HttpRequest) -> HttpResponse:
    return _receive(request, settings.STRIPE_WEBHOOK_SECRET_V2, is_thin=True)


def _receive(request: HttpRequest, secret: str, *, is_thin: bool) -> HttpResponse:
    if not secret:
        # Without a secret anybody could sign: there is no such page.
        raise Http404
    try:
        receive(
            payload=request.body,
            signature=request.headers.get("Stripe-Signature", ""),
            secret=secret,
            is_thin=is_thin,
        )
    except BadSignature:
        return HttpResponse(status=400)
    return HttpResponse(status=200)
