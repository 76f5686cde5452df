"""From the agreement to the confirmed booking: the learner's credit first, his card for the rest (SK-61)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from billing.errors import AmountChanged, CreditFrozen, InsufficientCredit
from billing.models import TopUp
from billing.services.holds import place_hold
from billing.services.payments import PaymentOutcome, close_for, outcome_of, start_payment
from bookings import rules
from bookings.errors import EarlyStartNotAsked, NotPayable, SlotTaken, StartIsPast
from bookings.models import Booking, EarlyStartRequest
from bookings.selectors import find_booking
from bookings.services import news
from bookings.services._moves import _move, lock
from bookings.services.negotiation import check_other_is_there, open_payment_window, take_interval
from bookings.services.reminders import plan_reminders
from bookings.signals import booking_confirmed
from bookings.states import FINAL, HELD, PAYABLE, Status
from core import clock

EARLY_START_TEXT = "2026-11"


def begin_payment(
    *, booking: Booking, by: User, shown_cents: int, asks_early_start: bool, now: datetime | None = None
) -> str:
    """Start paying: the address of the bank's page, or "" when the credit was enough and the booking is confirmed.

    `shown_cents` is the part by card the learner saw. A payment whose window passed is reopened if the mentor's
    interval is still free.
    """
    moment = now or clock.now()
    booking = _prepare(booking, by, moment, asks_early_start=asks_early_start)
    if booking.status in FINAL:
        return ""
    # The bank is spoken to outside any transaction.
    started = start_payment(
        payer=by,
        reference=booking.ledger_reference,
        total_cents=booking.maximum_cents,
        shown_cents=shown_cents,
        label=booking.subject,
        closes_at=booking.pay_before or booking.starts_at,
        return_url=settings.BASE_URL + reverse("bookings:payment_return", args=[booking.reference]),
        cancel_url=settings.BASE_URL + reverse("bookings:payment", args=[booking.reference]),
        now=moment,
    )
    if started.checkout_url:
        return started.checkout_url
    _confirm_from_credit(booking, moment)
    return ""


@transaction.atomic
def _prepare(booking: Booking, by: User, now: datetime, *, asks_early_start: bool) -> Booking:
    booking = lock(booking)
    if booking.status in FINAL:
        return booking
    if booking.learner_id != by.pk or booking.status not in PAYABLE:
        raise NotPayable
    if booking.starts_at <= now:
        raise StartIsPast
    check_other_is_there(booking, by)
    if rules.needs_early_start(now, booking.starts_at):
        if not asks_early_start:
            raise EarlyStartNotAsked
        EarlyStartRequest.objects.get_or_create(
            booking=booking, defaults={"by": by, "at": now, "text_version": EARLY_START_TEXT}
        )
    _reopen_window(booking, by, now)
    return booking


def _reopen_window(booking: Booking, by: User, now: datetime) -> None:
    if booking.status == Status.PAYMENT_LAPSED:
        take_interval(booking, by)
        open_payment_window(booking, now)
        _move(booking, Status.ACCEPTED, by=by, now=now)
    elif booking.pay_before is None or booking.pay_before <= now:
        open_payment_window(booking, now)
        booking.save(update_fields=["pay_before"])


@transaction.atomic
def _confirm_from_credit(booking: Booking, now: datetime) -> None:
    booking = lock(booking)
    if booking.status in FINAL:
        return
    try:
        _confirm(booking, now)
    except InsufficientCredit as error:
        raise AmountChanged from error


def lock_by_reference(*, reference: str) -> None:
    """Lock a booking before the money that comes for it: booking first, ledger last, everywhere."""
    found = find_booking(reference)
    if found is not None:
        lock(found)


@transaction.atomic
def confirm_if_paid(*, reference: str, now: datetime | None = None) -> Booking | None:
    """Confirm the booking whose money has arrived, if its interval is still free; None when the money stays credit.

    Called inside the transaction that posts the payment: nothing here may refuse that.
    """
    moment = now or clock.now()
    found = find_booking(reference)
    if found is None or found.status in FINAL | HELD:
        return found
    booking = lock(found)
    if booking.status in FINAL:
        return booking
    if booking.status not in PAYABLE or booking.ends_at <= moment:
        _tell_too_late(booking, moment)
        return None
    try:
        with transaction.atomic():
            _take_again_and_confirm(booking, moment)
    except SlotTaken:
        _tell_too_late(lock(booking), moment)
        return None
    except (InsufficientCredit, CreditFrozen):
        # The credit was used elsewhere meanwhile, or frozen: the learner mends that before the window closes.
        return None
    return booking


def _take_again_and_confirm(booking: Booking, now: datetime) -> None:
    if booking.status == Status.PAYMENT_LAPSED:
        take_interval(booking, booking.learner)
        open_payment_window(booking, now)
        _move(booking, Status.ACCEPTED, by=None, now=now)
    _confirm(booking, now)


def _confirm(booking: Booking, now: datetime) -> None:
    place_hold(
        learner=booking.learner,
        reference=booking.ledger_reference,
        amount_cents=booking.maximum_cents,
        now=now,
    )
    _move(booking, Status.CONFIRMED, by=booking.learner, now=now)
    plan_reminders(booking, now)
    news.post(booking, "confirmed", author=None, now=now)
    news.tell(booking, "confirmed", news.both(booking), now=now, calendar="REQUEST")
    booking_confirmed.send(sender=Booking, booking=booking)


def _tell_too_late(booking: Booking, now: datetime) -> None:
    """The money is the learner's credit; the session does not take place."""
    news.post(booking, "paid_too_late", author=None, now=now)
    news.tell(booking, "paid_too_late", news.both(booking), now=now)


def look_at_payment(*, booking: Booking, now: datetime | None = None) -> PaymentOutcome:
    """Ask the bank about the newest payment of this booking. Never inside a transaction."""
    payments = TopUp.objects.filter(purpose=booking.ledger_reference, hold_number=1)
    return outcome_of(payments.order_by("-pk").first(), now=now)


def close_payment(*, booking: Booking, now: datetime | None = None) -> None:
    """Nobody should pay any more: close the bank's page. Never inside a transaction."""
    close_for(reference=booking.ledger_reference, now=now)
