"""« Toutes les échéances » says what the code does, and forgets nothing (K-57)."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.known_values import DAYS, HOURS, KNOWN, MINUTES, SECONDS
from core.models import Setting
from core.values import DEFAULTS
from pages.deadlines import Deadline, groups
from pages.faq import values_in_force
from tests import people
from tests.bookings.making import text_of
from tests.people import LONG_AGO

TIMES = {DAYS, HOURS, MINUTES, SECONDS}
TIMED = [key for key, known in KNOWN.items() if known.unit in TIMES]


def rows(values: dict[str, int]) -> list[Deadline]:
    return [row for group in groups(values) for row in group.deadlines]


@pytest.mark.requirement("K-57")
@pytest.mark.parametrize("key", TIMED)
def test_every_delay_that_staff_may_change_is_printed_as_it_is_in_force(key: str) -> None:
    with translation.override("fr"):
        before = {str(row.what): str(row.length) for row in rows(DEFAULTS) if key in row.keys}
        other = DEFAULTS | {key: DEFAULTS[key] + 7}
        after = {str(row.what): str(row.length) for row in rows(other) if key in row.keys}
    assert before, f"« {KNOWN[key].label} » is on no line of pages/deadlines.py"
    assert all(before[what] != after[what] for what in before)


@pytest.mark.requirement("K-57")
def test_every_line_says_what_follows() -> None:
    found = rows(DEFAULTS)
    assert [row.what for row in found if not (str(row.what) and str(row.length) and str(row.then))] == []
    assert len({str(row.what) for row in found}) == len(found)


@pytest.mark.requirement("K-57")
def test_the_page_follows_a_setting(client: Client, db: None) -> None:
    by = people.member("Nour", "Exemple")
    Setting.objects.create(key="request_lapse_days", value=11, effective_from=LONG_AGO, by=by, reason="Un essai.")
    text = text_of(client.get(reverse("pages:deadlines")))
    assert values_in_force()["request_lapse_days"] == 11
    assert "11 jours, et au plus tard l’heure proposée" in text
    assert reverse("pages:deadlines") in text_of(client.get(reverse("pages:help")))
