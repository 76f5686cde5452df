"""What Stripe answers when it says no."""

from typing import Any


class Refusal(Exception):
    """An error body. `executed` says whether Stripe had begun to work, in which case the idempotency key keeps it."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        executed: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.body = {"error": {"type": kind, "message": message, "code": code} | details}


class LostAnswer(Exception):
    """The connection breaks. The request may or may not have been carried out: the caller cannot know."""


def not_found(kind: str, identifier: str) -> Refusal:
    return Refusal(f"No such {kind}: '{identifier}'", status=404, code="resource_missing", param="id")


def card_error(message: str, *, code: str, decline_code: str | None = None, **details: Any) -> Refusal:
    return Refusal(
        message, status=402, kind="card_error", code=code, executed=True, decline_code=decline_code, **details
    )
