"""What docs/ prints of the code is compared with it: states, signals, layers, the events asked of Stripe."""

import re
import tomllib
from collections.abc import Mapping

import pytest
from django.dispatch import Signal

import accounts.signals
import billing.signals
import bookings.signals
from accounts.states import CLOSING_ALLOWED, EXPORT_ALLOWED
from billing.services.webhooks import HANDLERS
from billing.states import (
    CORRECTION_ALLOWED,
    DISPUTE_ALLOWED,
    HOLD_ALLOWED,
    PAYOUT_ALLOWED,
    REFUND_ALLOWED,
    REVERSAL_ALLOWED,
    TOP_UP_ALLOWED,
)
from bookings.states import ALLOWED as BOOKING_ALLOWED
from bookings.states import JOINT_ALLOWED
from cases.states import ALLOWED as CASE_ALLOWED
from catalog.states import PROPOSAL_ALLOWED, TRAINING_ALLOWED
from mentors.states import MENTOR_ALLOWED
from reviews.states import REPORT_ALLOWED, REVIEW_ALLOWED
from sessions_video.states import ALLOWED as ROOM_ALLOWED
from sessions_video.states import EXTENSION_ALLOWED
from support.states import TICKET_ALLOWED
from tests.architecture.sources import PROJECT

TEXT = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf8")

MACHINES: dict[str, Mapping[str, frozenset[str]]] = {
    "Booking": BOOKING_ALLOWED,
    "Other hour, or cancellation by both": JOINT_ALLOWED,
    "Room": {str(state): frozenset(map(str, ways)) for state, ways in ROOM_ALLOWED.items()},
    "Extension": EXTENSION_ALLOWED,
    "Case": CASE_ALLOWED,
    "Request to become a mentor": MENTOR_ALLOWED,
    "Training": TRAINING_ALLOWED,
    "Proposed name": PROPOSAL_ALLOWED,
    "Card payment": TOP_UP_ALLOWED,
    "Hold": HOLD_ALLOWED,
    "Payout": PAYOUT_ALLOWED,
    "Transfer reversal": REVERSAL_ALLOWED,
    "Refund": REFUND_ALLOWED,
    "Card dispute": DISPUTE_ALLOWED,
    "Correction": CORRECTION_ALLOWED,
    "Review": REVIEW_ALLOWED,
    "Report of a review": REPORT_ALLOWED,
    "Request to the team": TICKET_ALLOWED,
    "Closing of an account": CLOSING_ALLOWED,
    "Archive of one’s data": EXPORT_ALLOWED,
}


def printed(allowed: Mapping[str, frozenset[str]]) -> str:
    """One line per state that has a way out."""
    lines = [f"{state!s:<17} → {', '.join(sorted(map(str, ways)))}" for state, ways in allowed.items() if ways]
    return "\n".join(lines)


@pytest.mark.parametrize("name", MACHINES)
def test_the_map_of_states_is_printed_as_it_is(name: str) -> None:
    expected = f"### {name}\n\n```\n{printed(MACHINES[name])}\n```\n"
    assert expected in TEXT, f"docs/architecture.md should say:\n\n{expected}"


def test_every_signal_is_listed() -> None:
    declared = {
        name
        for module in (accounts.signals, billing.signals, bookings.signals)
        for name, value in vars(module).items()
        if isinstance(value, Signal)
    }
    assert set(re.findall(r"^\| `(\w+)` \| (?:accounts|billing|bookings)", TEXT, re.MULTILINE)) == declared


def test_the_layers_are_drawn_as_they_are_checked() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf8"))
    (contract,) = [each for each in settings["tool"]["importlinter"]["contracts"] if each["id"] == "apps"]
    # Above: the demo, and what measures the product.
    layers = contract["layers"][contract["layers"].index("config") :]
    assert " → ".join(f"({layer})" if "|" in layer else layer for layer in layers) in TEXT


def test_the_operator_is_told_which_events_to_ask_of_stripe() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf8")
    (first, second) = re.findall(r"^\| `https://DOMAIN/stripe/webhook\S* \|(.*)$", text, re.MULTILINE)
    assert set(re.findall(r"`([a-z0-9_.]+)`", first + second)) == set(HANDLERS)
