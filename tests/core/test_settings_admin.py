"""The values of the platform: a dated row is added with a reason; nothing is edited, nothing is deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core import values
from core.clock import now
from core.known_values import KNOWN
from core.models import Setting
from core.services import SettingRefused, change_setting
from core.values import DEFAULTS

pytestmark = pytest.mark.django_db

LIST, ADD = "admin:core_setting_changelist", "admin:core_setting_add"
WHY = "Campagne de printemps"


@pytest.fixture
def boss(client: Client) -> User:
    user = User.objects.create_superuser("direction@example.org", "sesame-ouvre-toi")
    client.force_login(user)
    return user


def form(**changes: Any) -> dict[str, Any]:
    return {"key": "commission_basis_points", "value": "1500", "reason": WHY} | changes


def at(moment: Any) -> dict[str, str]:
    local = timezone.localtime(moment)
    return {"effective_from_0": local.date().isoformat(), "effective_from_1": f"{local:%H:%M:%S}"}


def test_every_value_has_its_words_and_bounds_that_hold_its_default() -> None:
    assert set(KNOWN) == set(DEFAULTS)
    assert [key for key, known in KNOWN.items() if not known.lowest <= DEFAULTS[key] <= known.highest] == []


@pytest.mark.requirement("SK-9")
def test_a_value_is_added_and_holds_at_once(client: Client, boss: User) -> None:
    before = now()
    answer = client.post(reverse(ADD), form())
    assert answer.status_code == 302, answer.text
    row = Setting.objects.get()
    assert (row.value, row.by, row.reason) == (1500, boss, WHY)
    assert before <= row.effective_from <= now()
    assert values.value("commission_basis_points") == 1500
    assert values.value("commission_basis_points", at=before) == 2000


@pytest.mark.requirement("SK-9")
def test_a_value_may_be_planned_and_the_list_says_what_is_in_force_and_what_comes(client: Client, boss: User) -> None:
    tomorrow = now().replace(microsecond=0) + timedelta(days=1)
    assert client.post(reverse(ADD), form() | at(tomorrow)).status_code == 302
    assert values.value("commission_basis_points") == 2000
    assert values.value("commission_basis_points", at=tomorrow) == 1500
    assert values.value("commission_basis_points", at=tomorrow - timedelta(seconds=1)) == 2000
    page = client.get(reverse(LIST)).text
    assert "Valeurs en vigueur" in page
    assert "1500 à partir du" in page
    assert "<strong>2000</strong>" in page
    assert WHY in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "10001"}, "La valeur doit être comprise entre 0 et 10000."),
        ({"value": "-1"}, "La valeur doit être comprise entre 0 et 10000."),
        ({"value": "20,5"}, "Saisissez un nombre entier."),
        ({"reason": "parce que"}, "Donnez une raison d’au moins 10 caractères."),
        ({"key": "moon_phase"}, "Sélectionnez un choix valide."),
        ({"key": "payout_alarm_hours", "value": "48"}, "Le virement doit être promis après l’heure où il est dû."),
        ({"effective_from_0": "2020-01-01", "effective_from_1": "10:00"}, "Cette date est passée"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    client: Client, boss: User, changes: dict[str, str], message: str
) -> None:
    answer = client.post(reverse(ADD), form(**changes))
    assert answer.status_code == 200
    assert message in answer.text
    assert not Setting.objects.exists()


def test_a_row_is_neither_edited_nor_deleted(client: Client, boss: User) -> None:
    client.post(reverse(ADD), form())
    row = Setting.objects.get()
    change = reverse("admin:core_setting_change", args=[row.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, form(value="100")).status_code == 403
    assert client.post(reverse("admin:core_setting_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(reverse(LIST), action)
    assert Setting.objects.get().value == 1500


@pytest.mark.parametrize("attack", ["UPDATE core_setting SET value = '100'", "DELETE FROM core_setting"])
def test_the_database_refuses_to_change_the_past(boss: User, attack: str) -> None:
    change_setting(key="free_seconds", value=120, by_id=boss.pk, reason=WHY)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert values.value("free_seconds") == 120


def test_sent_twice_is_kept_once_and_two_values_of_one_instant_are_refused(boss: User) -> None:
    planned: dict[str, Any] = {
        "key": "free_seconds",
        "by_id": boss.pk,
        "reason": WHY,
        "effective_from": now() + timedelta(hours=1),
    }
    first, again = (change_setting(value=120, **planned) for _number in range(2))
    assert first == again
    with pytest.raises(SettingRefused):
        change_setting(value=60, **planned)
    assert Setting.objects.count() == 1
