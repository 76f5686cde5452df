"""What the learner may ask for when his time ends, and what it costs. Prices are pure; `Terms` are read once."""

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext

from accounts.models import User
from billing.errors import CreditFrozen
from billing.ledger import balance
from billing.ledger.accounts import available
from billing.rules import quote_payment
from billing.services import debts
from bookings.selectors import next_start_of_mentor
from core import clock
from core.money import price_cents
from core.templatetags.house import euros
from sessions_video.errors import ExtensionNotYet, ExtensionTooLong
from sessions_video.models import Lease, VideoSession
from sessions_video.reading import meter_of
from sessions_video.rules import Meter
from sessions_video.selectors import moment
from sessions_video.states import Phase

MINUTE_MS = 60_000
# From here on the learner may ask.
LAST_MS = 5 * MINUTE_MS
STEPS = (5, 10, 15, 30, 60)


def answer_ms() -> int:
    """How long an extension waits for the payment, and then for the mentor's answer."""
    return int(settings.ROOM_EXTENSION_SECONDS * 1000)


def extension_cents(rate_cents: int, limit_ms: int, ms: int) -> int:
    """The difference of two full prices, each floored once: all holds together are the price of the whole time."""
    return price_cents(rate_cents, (limit_ms + ms) // 1000) - price_cents(rate_cents, limit_ms // 1000)


def covered_minutes(rate_cents: int, limit_ms: int, credit_cents: int) -> int:
    """The longest extension in whole minutes that the credit pays."""
    reachable = price_cents(rate_cents, limit_ms // 1000) + credit_cents
    # The last second whose full price is still floored to what is reachable.
    seconds = (3600 * (reachable + 1) - 1) // rate_cents
    return max(0, seconds - limit_ms // 1000) // 60


@dataclass(frozen=True)
class Choice:
    """`card_cents`: the part that the credit does not cover. `is_whole_credit`: the longest one without a card."""

    ms: int
    price_cents: int
    card_cents: int
    is_whole_credit: bool


@dataclass(frozen=True)
class Terms:
    """`room_ms`: how much may be added before midnight and the mentor's next session."""

    rate_cents: int
    limit_ms: int
    credit_cents: int
    room_ms: int

    @property
    def covered_minutes(self) -> int:
        return covered_minutes(self.rate_cents, self.limit_ms, self.credit_cents)

    def choices(self) -> list[Choice]:
        """Shortest first; none costs nothing, none passes what there is room for."""
        longest = self.room_ms // MINUTE_MS
        whole = self.covered_minutes
        minutes = sorted({*STEPS, min(whole, longest)})
        choices = [self._choice(count, is_whole=count == whole) for count in minutes if 0 < count <= longest]
        return [choice for choice in choices if choice.price_cents > 0]

    def _choice(self, minutes: int, *, is_whole: bool) -> Choice:
        price = extension_cents(self.rate_cents, self.limit_ms, minutes * MINUTE_MS)
        card = quote_payment(price, self.credit_cents).card_cents
        return Choice(minutes * MINUTE_MS, price, card, is_whole_credit=is_whole)


def left_ms(meter: Meter, t: int) -> int:
    """Time that can still be counted."""
    return meter.cap_ms - meter.elapsed_ms(t)


def may_ask(meter: Meter, t: int) -> bool:
    return meter.phase is Phase.LIMIT_REACHED or (meter.phase is Phase.OPEN and left_ms(meter, t) <= LAST_MS)


def room_ms(row: VideoSession, meter: Meter, t: int) -> int:
    """How much time may be added at `t` so that it ends before midnight and the mentor's next session."""
    nearest = next_start_of_mentor(row.booking, after=moment(t))
    end = row.day_end if nearest is None else min(row.day_end, clock.to_ms(nearest))
    return end - t - left_ms(meter, t)


def terms_of(row: VideoSession, meter: Meter, t: int, learner: User) -> Terms:
    """As things stand, less the time that the answer may take."""
    return Terms(
        rate_cents=row.rate_cents,
        limit_ms=meter.limit_ms,
        credit_cents=balance(available(learner)),
        room_ms=room_ms(row, meter, t) - answer_ms(),
    )


def check_askable(row: VideoSession, meter: Meter, t: int, ms: int) -> None:
    """Raises ExtensionNotYet, ExtensionTooLong."""
    if not may_ask(meter, t):
        raise ExtensionNotYet
    if ms > room_ms(row, meter, t) - answer_ms():
        raise ExtensionTooLong


def offers_for(*, video_session: VideoSession) -> dict[str, Any]:
    """What the learner may ask for now, with the price of each; `note` says how far his credit goes, or why nothing is.

    Plain reads: asking checks everything again.
    """
    row = VideoSession.objects.select_related("booking__learner").get(pk=video_session.pk)
    meter = meter_of(row, Lease.objects.filter(video_session=row, closed_at=None))
    t = max(clock.database_now_ms(), meter.last_ms)
    meter.advance(t)
    learner = row.booking.learner
    if debts.freeze_of(learner):
        return {"choices": [], "note": str(CreditFrozen.user_message)}
    if not may_ask(meter, t):
        return {"choices": [], "note": str(ExtensionNotYet.user_message)}
    terms = terms_of(row, meter, t, learner)
    choices = terms.choices()
    return {"choices": [asdict(choice) for choice in choices], "note": _note(terms, choices)}


def _note(terms: Terms, choices: list[Choice]) -> str:
    """E-22 in its kinds."""
    if not choices:
        return str(ExtensionTooLong.user_message)
    if not any(choice.card_cents for choice in choices):
        return ""
    left = euros(terms.credit_cents)
    if not terms.covered_minutes:
        return gettext("Il vous reste %(left)s\u202f: la prolongation se paie par carte.") % {"left": left}
    words = ngettext(
        "Il vous reste %(left)s\u202f: vous pouvez prolonger de %(count)s minute au plus. "
        "Au-delà, la différence se paie par carte.",
        "Il vous reste %(left)s\u202f: vous pouvez prolonger de %(count)s minutes au plus. "
        "Au-delà, la différence se paie par carte.",
        terms.covered_minutes,
    )
    return words % {"left": left, "count": terms.covered_minutes}
