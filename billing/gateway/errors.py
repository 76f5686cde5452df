"""Three ways a call to Stripe can go wrong; what may be done next differs for each."""


class GatewayError(Exception):
    """Anything but an answer we can use."""


class Refused(GatewayError):
    """Stripe said no: nothing was carried out. A later try needs a new idempotency key."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class NotFound(Refused):
    """Stripe does not know the object."""


class CardDeclined(Refused):
    """The bank said no, or wants the cardholder to confirm (`needs_authentication`)."""

    def __init__(self, message: str, *, code: str = "", decline_code: str = "", payment_id: str = "") -> None:
        super().__init__(message, code=code)
        self.decline_code = decline_code
        self.payment_id = payment_id

    @property
    def needs_authentication(self) -> bool:
        return self.code == "authentication_required"


class UnknownOutcome(GatewayError):
    """No answer, or an answer that says nothing (5xx, 409, 429): it may be done. Only the same key may be used."""


class BadSignature(GatewayError):
    """A webhook that Stripe did not sign, or long ago."""
