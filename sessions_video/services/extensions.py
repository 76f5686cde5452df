"""Going on beyond the planned time, by double consent: asked and funded by the learner, accepted by the mentor (K-4).

The money comes first: the mentor is asked once the credit covers the price, and his answer blocks it. No lock is held
while the bank is spoken to; whatever is not accepted stays the learner's credit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from billing.errors import CreditFrozen, InsufficientCredit, PaymentUnavailable
from billing.models import TopUp
from billing.services.holds import extend_hold
from billing.services.payments import CreditSecured, PaymentOutcome, Secured, outcome_of, secure_credit
from bookings.models import Booking
from bookings.selectors import find_booking
from core.errors import DomainError
from sessions_video import offers
from sessions_video.errors import (
    BadMessage,
    Ended,
    ExtensionAccepted,
    ExtensionNotYours,
    ExtensionPending,
    ExtensionPriceChanged,
    ExtensionRefused,
    ExtensionTooLong,
    ExtensionUnfunded,
)
from sessions_video.models import Extension, VideoSession
from sessions_video.selectors import moment
from sessions_video.services.extension_moves import (
    ask_mentor,
    ask_mentor_when_paid,
    decide,
    pending,
    wait_for_payment,
)
from sessions_video.services.turns import Turn
from sessions_video.services.writer import locked_meter
from sessions_video.states import UNFUNDED, ExtensionStatus, Role

FIRST_EXTENSION_HOLD = 2


@dataclass(frozen=True)
class Wish:
    """What the learner chose, with the figures he saw."""

    request_id: UUID
    ms: int
    price_cents: int
    card_cents: int


def ask_extension(*, video_session: VideoSession, by: User, wish: Wish) -> str:
    """Ask to go on: the address of the payment page, or "" when there is nothing to open.

    The same wish again continues the same extension. Never inside a transaction: the bank may be spoken to.
    Raises ExtensionRefused in its kinds, Ended, and what `secure_credit` raises.
    """
    if video_session.role_of(by) is not Role.LEARNER:
        raise ExtensionNotYours
    extension = _begin(video_session, wish)
    if extension.status not in UNFUNDED:
        return ""
    try:
        secured = _secure(video_session.booking, extension)
    except PaymentUnavailable:
        _give_up(extension, {ExtensionStatus.PREPARING})
        raise
    except DomainError:
        _give_up(extension, UNFUNDED)
        raise
    return _go_on(extension, secured)


def _begin(video_session: VideoSession, wish: Wish) -> Extension:
    with locked_meter(video_session.pk) as turn:
        known = _known(turn, wish)
        if known is not None:
            return known
        if turn.meter.is_over:
            raise Ended
        if pending(turn):
            raise ExtensionPending
        _check(turn, wish)
        turn.extension = Extension.objects.create(
            video_session=turn.row,
            request_id=wish.request_id,
            ms=wish.ms,
            price_cents=wish.price_cents,
            card_cents=wish.card_cents,
            hold_number=FIRST_EXTENSION_HOLD + _accepted(turn.row),
            begun_at=turn.t,
            expires_at=turn.t + offers.answer_ms(),
        )
        return turn.extension


def _known(turn: Turn, wish: Wish) -> Extension | None:
    """The extension this wish has made already."""
    if turn.extension is not None and turn.extension.request_id == wish.request_id:
        known: Extension | None = turn.extension
    else:
        known = Extension.objects.filter(request_id=wish.request_id).first()
    if known is not None and (known.video_session_id, known.ms) != (turn.row.pk, wish.ms):
        raise BadMessage
    return known


def _check(turn: Turn, wish: Wish) -> None:
    if not wish.ms or wish.ms % offers.MINUTE_MS:
        raise BadMessage
    offers.check_askable(turn.row, turn.meter, turn.t, wish.ms)
    price = offers.extension_cents(turn.row.rate_cents, turn.meter.limit_ms, wish.ms)
    if not price or price != wish.price_cents:
        raise ExtensionPriceChanged


def _accepted(row: VideoSession) -> int:
    return row.extensions.filter(status=ExtensionStatus.ACCEPTED).count()


def _secure(booking: Booking, extension: Extension) -> CreditSecured:
    return secure_credit(
        payer=booking.learner,
        reference=booking.ledger_reference,
        hold_number=extension.hold_number,
        total_cents=extension.price_cents,
        shown_cents=extension.card_cents,
        label=booking.subject,
        closes_at=moment(extension.expires_at),
        return_url=settings.BASE_URL + reverse("sessions_video:payment_return", args=[booking.reference]),
    )


def _give_up(extension: Extension, states: Collection[str]) -> None:
    """It cannot be paid as agreed: the learner may ask for another one. A page that is open may still be paid."""
    with locked_meter(extension.video_session_id) as turn:
        current = _current(turn, extension.request_id)
        if current is not None and current.status in states:
            decide(turn, current, ExtensionStatus.WITHDRAWN)


def _go_on(extension: Extension, secured: CreditSecured) -> str:
    with locked_meter(extension.video_session_id) as turn:
        current = _current(turn, extension.request_id)
        if current is None or current.status not in UNFUNDED:
            return ""
        if secured.state is Secured.READY:
            ask_mentor(turn, current)
        elif current.status == ExtensionStatus.PREPARING:
            wait_for_payment(turn, current)
    return secured.checkout_url


def _current(turn: Turn, request_id: UUID) -> Extension | None:
    """The newest extension, if it is this one."""
    extension = turn.extension
    return extension if extension is not None and extension.request_id == request_id else None


def credit_arrived(*, reference: str) -> None:
    """A payment for this booking became credit: if an extension waits for it, the mentor is asked."""
    booking = find_booking(reference)
    found = VideoSession.objects.filter(booking=booking).values_list("pk", flat=True).first() if booking else None
    if found is not None:
        with locked_meter(found) as turn:
            ask_mentor_when_paid(turn)


def look_at_payment(*, video_session: VideoSession) -> PaymentOutcome:
    """Ask the bank about the newest payment for an extension. Never inside a transaction."""
    payments = TopUp.objects.filter(
        purpose=video_session.booking.ledger_reference, hold_number__gte=FIRST_EXTENSION_HOLD
    )
    return outcome_of(payments.order_by("-pk").first())


def withdraw_extension(*, video_session: VideoSession, by: User, request_id: UUID) -> None:
    """The learner takes his wish back while nothing is decided. A repeat changes nothing."""
    if video_session.role_of(by) is not Role.LEARNER:
        raise ExtensionNotYours
    with locked_meter(video_session.pk) as turn:
        current = _current(turn, request_id)
        if current is not None and current.status == ExtensionStatus.ACCEPTED:
            raise ExtensionAccepted
        if current is not None and current == pending(turn):
            decide(turn, current, ExtensionStatus.WITHDRAWN)


def refuse_extension(*, video_session: VideoSession, by: User, request_id: UUID) -> None:
    """The mentor says no: the money stays the learner's credit. A repeat changes nothing."""
    with locked_meter(video_session.pk) as turn:
        current = _answerable(turn, video_session.role_of(by), request_id, ExtensionStatus.REFUSED)
        if current is not None:
            decide(turn, current, ExtensionStatus.REFUSED)


def accept_extension(*, video_session: VideoSession, by: User, request_id: UUID) -> None:
    """The mentor agrees: the price is blocked and the time is added, in one transaction. A repeat changes nothing.

    Raises ExtensionRefused when it was decided or expired meanwhile, ExtensionTooLong, ExtensionUnfunded.
    """
    if not _accept(video_session, by, request_id):
        raise ExtensionUnfunded


@transaction.atomic
def _accept(video_session: VideoSession, by: User, request_id: UUID) -> bool:
    """False when the credit is gone: the extension has lapsed."""
    booking = Booking.objects.select_for_update().get(pk=video_session.booking_id)
    with locked_meter(video_session.pk) as turn:
        current = _answerable(turn, video_session.role_of(by), request_id, ExtensionStatus.ACCEPTED)
        if current is None:
            return True
        if current.ms > offers.room_ms(turn.row, turn.meter, turn.t):
            raise ExtensionTooLong
        if not _hold(booking, current):
            decide(turn, current, ExtensionStatus.LAPSED)
            return False
        if not turn.meter.extend(turn.t, current.ms):
            raise ExtensionRefused
        decide(turn, current, ExtensionStatus.ACCEPTED)
    return True


def _answerable(turn: Turn, role: Role, request_id: UUID, answer: ExtensionStatus) -> Extension | None:
    """The extension that waits for this answer; None when this very answer was given already."""
    if role is not Role.MENTOR:
        raise ExtensionNotYours
    current = _current(turn, request_id)
    if current is not None and current.status == answer:
        return None
    if current is None or current.status != ExtensionStatus.ASKED:
        raise ExtensionRefused
    return current


def _hold(booking: Booking, extension: Extension) -> bool:
    try:
        with transaction.atomic():
            extend_hold(
                learner=booking.learner,
                reference=booking.ledger_reference,
                amount_cents=extension.price_cents,
                number=extension.hold_number,
            )
    except (InsufficientCredit, CreditFrozen):
        return False
    return True
