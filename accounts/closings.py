"""Closing one's account, coming back within 15 days, and what happens when nobody does (ST-20 to ST-23, K-34).

What stands open elsewhere is ended by the apps above: they hear `account_closing`, and a sweep of each finds what was
opened at the same instant.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts import letters
from accounts.errors import CannotCloseYet, TooLateToReturn
from accounts.measures import is_suspended
from accounts.models import Closing, User
from accounts.rules import CLAIM, LAST_WARNING, NEXT_TRY, REACTIVATION
from accounts.signals import account_closing
from accounts.states import CLOSING_ALLOWED, ClosingStatus
from core import clock, personal_data
from core.states import check_move

log = logging.getLogger(__name__)

REASON_LENGTH = 300


@transaction.atomic
def close_account(*, user: User, password: str = "", reason: str = "", now: datetime | None = None) -> Closing:
    """Close at once; closing twice is closing once. Raises CannotCloseYet while something stops it.

    `password` is the member's own, just checked: kept under a new salt, it ends every session everywhere.
    """
    moment = now or clock.now()
    member = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    already = Closing.objects.gone().filter(user=member).first()
    if already:
        return already
    if personal_data.obstacles_of(member.pk, moment):
        raise CannotCloseYet
    consequences = personal_data.consequences_of(member.pk, moment)
    closing = Closing.objects.create(
        user=member,
        reason=reason.strip(),
        closed_at=moment,
        erases_at=moment + REACTIVATION,
        next_attempt_at=moment + REACTIVATION,
    )
    member.is_active = False
    if password:
        member.set_password(password)
    member.save(update_fields=["is_active", "password"])
    account_closing.send(sender=User, user=member, closing=closing)
    letters.write(to=member, letter="closed", url=_address(closing), closing=closing, consequences=consequences)
    return closing


def _address(closing: Closing) -> str:
    return reverse("accounts:reactivation", args=[closing.reference])


@transaction.atomic
def reactivate(*, closing: Closing, now: datetime | None = None) -> Closing:
    """Everything of the profile is there again (ST-22); what was canceled stays canceled. Twice is once."""
    moment = now or clock.now()
    # Before the closing, as in `close_account`: a suspension or its end waits, or is seen.
    User.objects.select_for_update(no_key=True).get(pk=closing.user_id)
    locked = _lock(closing)
    if locked.status == ClosingStatus.REACTIVATED:
        return locked
    if not locked.can_be_taken_back(moment):
        raise TooLateToReturn
    _move(locked, ClosingStatus.REACTIVATED, reactivated_at=moment)
    # Who was suspended meanwhile stays out.
    User.objects.filter(pk=locked.user_id).update(is_active=not is_suspended(locked.user))
    letters.write(to=locked.user, letter="reactivated", url=reverse("pages:account"), closing=locked)
    return locked


# --- what is due ---


def due_warning_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    moment = now or clock.now()
    rows = Closing.objects.filter(status=ClosingStatus.CLOSED, warned_at=None, erases_at__gt=moment)
    return list(rows.filter(erases_at__lte=moment + LAST_WARNING).values_list("pk", flat=True)[:limit])


@transaction.atomic
def warn(*, closing_id: int, now: datetime | None = None) -> None:
    """The last e-mail before the erasure; once."""
    moment = now or clock.now()
    closing = _lock(Closing(pk=closing_id))
    if closing.status != ClosingStatus.CLOSED or closing.warned_at:
        return
    closing.warned_at = moment
    closing.save(update_fields=["warned_at"])
    letters.write(to=closing.user, letter="closing_soon", url=_address(closing), closing=closing)


def due_erasure_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    due = Closing.objects.to_erase(now or clock.now()).order_by("next_attempt_at")
    return list(due.values_list("pk", flat=True)[:limit])


def erase(*, closing_id: int, now: datetime | None = None) -> bool:
    """Everything personal, app by app, each in pieces of its own: a worker that dies leaves the rest to the next.

    Never inside a transaction. True once nothing is left.
    """
    moment = now or clock.now()
    closing = _begin(closing_id, moment)
    if closing is None:
        return False
    for source in personal_data.upper_first():
        source.erase(closing.user_id)
    _end(closing, moment)
    return True


@transaction.atomic
def _begin(closing_id: int, now: datetime) -> Closing | None:
    """From here nobody comes back. None when it is not due, somebody else has it, or something stops it for now."""
    rows = Closing.objects.filter(pk=closing_id, next_attempt_at__lte=now)
    closing = rows.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
    if closing is None or closing.status not in {ClosingStatus.CLOSED, ClosingStatus.ERASING}:
        return None
    closing.next_attempt_at = now + CLAIM
    if closing.status == ClosingStatus.CLOSED:
        # What the law lets us keep for a claim: a dispute of the bank, a debt, a case that is not decided.
        stops = personal_data.obstacles_of(closing.user_id, now)
        if stops:
            closing.next_attempt_at = now + NEXT_TRY
            closing.obstacle = str(stops[0].text)[:REASON_LENGTH]
            closing.save(update_fields=["next_attempt_at", "obstacle"])
            log.warning("the erasure of member %s waits: %s", closing.user_id, closing.obstacle)
            return None
        _move(closing, ClosingStatus.ERASING, obstacle="")
    closing.save(update_fields=["next_attempt_at"])
    return closing


@transaction.atomic
def _end(closing: Closing, now: datetime) -> None:
    locked = _lock(closing)
    if locked.status == ClosingStatus.ERASING:
        _move(locked, ClosingStatus.ERASED, erased_at=now, reason="")


def _lock(closing: Closing) -> Closing:
    return Closing.objects.select_for_update(of=("self",)).select_related("user").get(pk=closing.pk)


def _move(closing: Closing, to: ClosingStatus, **facts: datetime | str) -> None:
    """The only writer of a closing's status; the row is locked."""
    check_move(CLOSING_ALLOWED, closing.status, to)
    closing.status = to
    for name, value in facts.items():
        setattr(closing, name, value)
    closing.save(update_fields=["status", *facts])


def closing_to_return_from(user: User) -> Closing | None:
    """The closing that a member may take back, when it is what keeps him out."""
    found = Closing.objects.gone().filter(user=user).first()
    return found if found and found.can_be_taken_back(clock.now()) else None
