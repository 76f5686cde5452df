"""The address in an e-mail that ends its kind: whoever holds it needs no password, and can do nothing else with it."""

from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from notifications import kinds

_SALT: Final = "notifications.unsubscribing"


def address_for(user_id: int, kind: kinds.Kind) -> str:
    """Whole; empty for e-mails that are always sent."""
    if not kind.mutable:
        return ""
    token = Signer(salt=_SALT).sign_object([user_id, kind.choice])
    return settings.BASE_URL + reverse("notifications:unsubscribe", args=[token])


def read(token: str) -> tuple[int, kinds.Kind] | None:
    """Whose e-mails of which kind; None for an address we did not make, or about a kind that is no more."""
    try:
        user_id, name = Signer(salt=_SALT).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    kind = kinds.registered().get(name)
    return (user_id, kind) if kind else None
