"""Settings kept as dated rows."""

from datetime import timedelta

import pytest

from accounts.models import User
from core import values
from core.clock import ShiftedClock, get_clock, now
from core.models import Setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return User.objects.create_user("staff@demo.example", is_staff=True)


def test_without_a_row_the_default_holds() -> None:
    assert values.value("commission_basis_points") == 2000
    assert values.minutes("payment_window_minutes") == timedelta(minutes=30)
    assert values.hours("payout_delay_hours") == timedelta(hours=48)
    assert values.days("review_days") == timedelta(days=30)


def test_an_unknown_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        values.value("moon_phase")


def test_a_row_holds_from_its_date_on_and_the_past_stays(staff: User) -> None:
    tomorrow = now() + timedelta(days=1)
    Setting.objects.create(
        key="commission_basis_points", value=1500, effective_from=tomorrow, by=staff, reason="Campagne"
    )
    assert values.value("commission_basis_points") == 2000
    assert values.value("commission_basis_points", at=tomorrow) == 1500
    clock = get_clock()
    assert isinstance(clock, ShiftedClock)
    clock.advance(timedelta(days=2))
    assert values.value("commission_basis_points") == 1500
    assert values.value("commission_basis_points", at=tomorrow - timedelta(seconds=1)) == 2000
