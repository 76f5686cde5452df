"""Telling members of a version of a legal text before it is in force, as the terms promise: each member once."""

import logging
from datetime import datetime
from itertools import groupby

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation

from accounts import legal
from accounts.models import LegalAcceptance, User
from accounts.selectors import NewText, texts_announced
from core import clock
from notifications.models import TextAnnouncement
from notifications.services.notices import notify

log = logging.getLogger(__name__)

# A sweep's share: as many e-mails as the next sweep hands over, so that those of bookings do not wait behind them.
PIECE = 200


def untold(*, document: str, version: legal.Version) -> QuerySet[User]:
    """Members with an open account and a confirmed address, whom a former version binds."""
    accepted = LegalAcceptance.objects.filter(user=OuterRef("pk"), document=document)
    told = TextAnnouncement.objects.filter(recipient=OuterRef("pk"), document=document, version=version.name)
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), primary=True, verified=True)
    return User.objects.filter(
        Exists(accepted),
        ~Exists(accepted.filter(version=version.name)),
        ~Exists(told),
        Exists(confirmed),
        is_active=True,
        erased_at=None,
    )


def untold_member_ids(*, now: datetime | None = None, limit: int = PIECE) -> list[int]:
    found: dict[int, None] = {}
    for document in legal.HISTORY:
        version = legal.announced(document, now)
        if version:
            members = untold(document=document, version=version).order_by("pk")
            found |= dict.fromkeys(members.values_list("pk", flat=True)[:limit])
    return list(found)[:limit]


def announce_piece(*, now: datetime | None = None, limit: int = PIECE) -> int:
    """What one sweep does; how many members know now. One whom it cannot tell does not keep the others waiting."""
    told = 0
    for member_id in untold_member_ids(now=now, limit=limit):
        try:
            told += announce_texts(member_id=member_id, now=now)
        except Exception:
            log.exception("new legal texts are not announced to member %s", member_id)
    return told


@transaction.atomic
def announce_texts(*, member_id: int, now: datetime | None = None) -> bool:
    """One e-mail for all that changes on one day. False when he knows already, or another worker tells him."""
    moment = now or clock.now()
    rows = User.objects.filter(pk=member_id, is_active=True)
    member = rows.select_for_update(skip_locked=True, no_key=True).first()
    if member is None:
        return False
    known = set(TextAnnouncement.objects.filter(recipient=member).values_list("document", "version"))
    with translation.override(member.language):
        texts = [text for text in texts_announced(member, moment) if (text.document, text.version.name) not in known]
    for _day, together in groupby(sorted(texts, key=_since), key=_since):
        _tell(member, list(together), moment)
    return bool(texts)


def _since(text: NewText) -> str:
    return text.version.since.isoformat()


def _tell(member: User, texts: list[NewText], now: datetime) -> None:
    TextAnnouncement.objects.bulk_create(
        TextAnnouncement(recipient=member, document=text.document, version=text.version.name, told_at=now)
        for text in texts
    )
    notify(
        recipient=member,
        kind="accounts.texts_announced",
        url=texts[0].address,
        context={"texts": texts, "since": texts[0].version.since},
        now=now,
    )
