"""Changing a value of the platform: a dated row is added, with a reason; the past stays readable."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock, values
from core.errors import DomainError
from core.known_values import KNOWN
from core.models import Setting

SHORTEST_REASON = 10


class SettingRefused(DomainError):
    """A value that makes no sense, or a date that is past. Nothing was changed."""


@transaction.atomic
def change_setting(
    *,
    key: str,
    value: int,
    by_id: int,
    reason: str,
    effective_from: datetime | None = None,
    now: datetime | None = None,
) -> Setting:
    """From `effective_from` (at once) on, `key` is `value`. What was agreed before keeps what it copied.

    Raises SettingRefused. Sent twice for one instant, it is kept once.
    """
    moment = now or clock.now()
    starts = effective_from or moment
    check_change(key=key, value=value, reason=reason, starts=starts, now=moment)
    row, is_new = Setting.objects.get_or_create(
        key=key, effective_from=starts, defaults={"value": value, "by_id": by_id, "reason": reason.strip()}
    )
    if not is_new and row.value != value:
        raise SettingRefused(_("Une autre valeur est déjà prévue à cet instant. Choisissez un autre moment."))
    return row


def check_change(*, key: str, value: int, reason: str, starts: datetime, now: datetime) -> None:
    """Raises SettingRefused with the reason in words."""
    known = KNOWN.get(key)
    if known is None:
        raise SettingRefused(_("Ce réglage n’existe pas."))
    if not known.lowest <= value <= known.highest:
        bounds = {"lowest": known.lowest, "highest": known.highest}
        raise SettingRefused(_("La valeur doit être comprise entre %(lowest)s et %(highest)s.") % bounds)
    if starts < now:
        raise SettingRefused(_("Cette date est passée\u202f: une valeur ne change jamais le passé."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise SettingRefused(_("Donnez une raison d’au moins 10 caractères."))
    _check_payouts(key, value, starts)


def _check_payouts(key: str, value: int, at: datetime) -> None:
    """A payout is promised after it is due, never before."""
    pair = values.several("payout_delay_hours", "payout_alarm_hours", at=at) | {key: value}
    if pair["payout_alarm_hours"] <= pair["payout_delay_hours"]:
        raise SettingRefused(_("Le virement doit être promis après l’heure où il est dû."))
