"""What a case is decided on: the same for both people and for the team (K-11, SK-52)."""

from dataclasses import dataclass, field

from billing.models import Invoice, Payout, Settlement
from bookings.models import BookingVersion
from cases.models import Case
from cases.rules import Alone
from cases.selectors import alone_of, settlement_of
from sessions_video.models import VideoSession
from sessions_video.presences import Stay, presences_of
from sessions_video.selectors import Proof, proof_of


@dataclass(frozen=True)
class Evidence:
    version: BookingVersion
    alone: Alone
    proof: Proof | None = None
    stays: list[Stay] = field(default_factory=list)
    settlement: Settlement | None = None
    payout: Payout | None = None
    invoices: list[Invoice] = field(default_factory=list)


def evidence_of(case: Case) -> Evidence:
    booking = case.booking
    video_session = VideoSession.objects.with_people().filter(booking=booking).first()
    settlement = settlement_of(booking)
    invoices = Invoice.objects.without_files().filter(subject=booking.ledger_reference)
    return Evidence(
        version=booking.current_version(),
        alone=alone_of(case),
        proof=proof_of(video_session) if video_session else None,
        stays=presences_of(video_session) if video_session else [],
        settlement=settlement,
        payout=Payout.objects.filter(settlement=settlement).first() if settlement else None,
        invoices=list(invoices.order_by("issued_at", "pk")),
    )
