"""What must come out, on plain integers: no Django, no Stripe, none of the product's own arithmetic."""

from dataclasses import dataclass, field

COMMISSION_BASIS_POINTS = 2000
VAT_BASIS_POINTS = 2000


def net_of(total_cents: int) -> int:
    """What a mentor earns."""
    return total_cents - commission_of(total_cents)


def commission_of(total_cents: int) -> int:
    """The platform's share, rounded half up."""
    return (2 * total_cents * COMMISSION_BASIS_POINTS + 10_000) // 20_000


def without_vat(cents: int) -> int:
    """Of an amount with VAT, rounded half up."""
    return (2 * cents * 10_000 + 10_000 + VAT_BASIS_POINTS) // (2 * (10_000 + VAT_BASIS_POINTS))


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
    # The disputes he lost for us, as we heard of them: learner → dispute → cents.
    lost: dict[int, dict[str, int]] = field(default_factory=dict)

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

    def dispute_is_lost(self, learner: int, dispute: str, cents: int) -> None:
        self.lost.setdefault(learner, {})[dispute] = cents

    def dispute_is_won(self, learner: int, dispute: str) -> None:
        """On appeal, he has back what he paid or still owes of his losses; what was forgiven was paid by us."""
        lost = self.lost.get(learner, {})
        forgiven = self.forgiven_learners.get(learner, 0)
        his_own = sum(lost.values()) - forgiven
        cents = lost.pop(dispute, 0)
        self.forgiven_learners[learner] = forgiven - max(cents - his_own, 0)

    def net_credit(self, learner: int, *, paid: int, refunded: int, lost: int) -> int:
        """Credit less debt, from what his cards paid, were refunded, and took back by a lost dispute."""
        return paid + self.given(learner) - self.spent(learner) - refunded - lost

    def earned(self, mentor: int) -> int:
        return sum(net_of(booking.price) for booking in self.bookings if booking.mentor == mentor)

    def platform(self) -> dict[str, int]:
        """What the platform earned, owes the State, gave, and gave up, by account."""
        commissions = [commission_of(booking.price) for booking in self.bookings]
        revenue = sum(without_vat(cents) for cents in commissions)
        return {
            "revenue.commission": revenue,
            "vat.collected": sum(commissions) - revenue,
            "expense.goodwill": sum(self.goodwill.values()),
            "expense.bad_debt": sum(self.forgiven_learners.values()) + sum(self.forgiven_mentors.values()),
        }

    def to_keep(self, mentor: int) -> int:
        """What a mentor may keep in the end: his nets, and debts nobody asks for any more."""
        return self.earned(mentor) + self.forgiven_mentors.get(mentor, 0)
