"""What must come out, on plain integers: no Django, no Stripe, none of the product's own arithmetic."""

from dataclasses import dataclass, field

COMMISSION_BASIS_POINTS = 2000


def net_of(total_cents: int) -> int:
    """What a mentor earns: the total without the platform's share, which is rounded half up."""
    return total_cents - (2 * total_cents * COMMISSION_BASIS_POINTS + 10_000) // 20_000


@dataclass
class Booking:
    """`learner` and `mentor` are places in the cast."""

    reference: str
    learner: int
    mentor: int
    held: int = 0
    holds: int = 0
    is_settled: bool = False
    charged: int = 0
    # Given back to the learner afterwards, in one or more decisions.
    adjusted: int = 0
    decisions: int = 0
    complaints: list[str] = field(default_factory=list)
    # What its mentor had when a complaint held the rest back; None: nothing is held back.
    sent_so_far: int | None = None

    @property
    def price(self) -> int:
        return self.charged - self.adjusted


@dataclass
class Model:
    """What was decided here. What happened at the banks is read from the sandbox, which knows nothing of us."""

    bookings: list[Booking] = field(default_factory=list)
    goodwill: dict[int, int] = field(default_factory=dict)
    forgiven_learners: dict[int, int] = field(default_factory=dict)
    forgiven_mentors: dict[int, int] = field(default_factory=dict)

    def running(self) -> list[Booking]:
        return [booking for booking in self.bookings if not booking.is_settled]

    def charged(self) -> list[Booking]:
        return [booking for booking in self.bookings if booking.price]

    def complained(self) -> list[Booking]:
        return [booking for booking in self.bookings if booking.complaints]

    def spent(self, learner: int) -> int:
        """Blocked now or paid for good."""
        return sum(booking.held + booking.price for booking in self.bookings if booking.learner == learner)

    def given(self, learner: int) -> int:
        """By the platform: gifts, and debts nobody asks for any more."""
        return self.goodwill.get(learner, 0) + self.forgiven_learners.get(learner, 0)

    def net_credit(self, learner: int, *, paid: int, refunded: int, lost: int) -> int:
        """Credit less debt, from what his cards paid, were refunded, and took back by a lost dispute."""
        return paid + self.given(learner) - self.spent(learner) - refunded - lost

    def earned(self, mentor: int) -> int:
        return sum(net_of(booking.price) for booking in self.bookings if booking.mentor == mentor)

    def to_keep(self, mentor: int) -> int:
        """What a mentor may keep in the end: his nets, and debts nobody asks for any more."""
        return self.earned(mentor) + self.forgiven_mentors.get(mentor, 0)
