"""The one door for telling a member something."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import MemberMeasure, User
from core import clock
from core.text import one_line
from notifications import kinds, unsubscribing
from notifications.models import DailyKind, MutedKind, Notice
from notifications.services.outbox import Attachment, Rendered, store_email


def tell_measure(*, measure: MemberMeasure) -> None:
    """What the team decided about the member himself, with its words. Who is suspended reads them in the e-mail."""
    notify(
        recipient=measure.member,
        kind=f"accounts.{measure.measure}",
        url=reverse("pages:help"),
        reference=f"member:{measure.member_id}",
        context={"reason": measure.reason},
        now=measure.at,
    )


def notify(
    *,
    recipient: User,
    kind: str,
    url: str,
    reference: str = "",
    context: Mapping[str, Any] | None = None,
    attachments: Sequence[Attachment] = (),
    now: datetime | None = None,
) -> None:
    """Tell `recipient` by every channel of `kind`. `url` is the page of the one main link, without host.

    The words are fixed here, in his language and time zone, in the caller's transaction: news and fact stay together.
    Nobody is left to tell once a member was erased.
    """
    if recipient.erased_at:
        return
    declared = kinds.get(kind)
    moment = now or clock.now()
    with transaction.atomic(savepoint=False):
        rendered = _render(recipient, kind, url, context or {})
        if declared.in_app:
            Notice.objects.create(
                recipient=recipient,
                kind=kind,
                reference=reference,
                text=rendered.subject[:300],
                url=url,
                created_at=moment,
            )
        if declared.email and not _is_muted(recipient, declared):
            store_email(
                to=recipient.email,
                kind=kind,
                rendered=rendered,
                recipient=recipient,
                attachments=attachments,
                unsubscribe_url=unsubscribing.address_for(recipient.pk, declared),
                now=moment,
            )


def write_to(
    *,
    address: str,
    language: str,
    kind: str,
    url: str,
    context: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """Tell somebody who has no account, by e-mail alone. Kinds that may be stopped are not for him."""
    nobody = User(email=address, language=language)
    rendered = _render(nobody, kind, url, context or {})
    store_email(to=address, kind=kind, rendered=rendered, now=now)


def _is_muted(recipient: User, kind: kinds.Kind) -> bool:
    return kind.mutable and MutedKind.objects.filter(user=recipient, kind=kind.choice).exists()


def _render(recipient: User, kind: str, url: str, context: Mapping[str, Any]) -> Rendered:
    full = {
        **context,
        "recipient": recipient,
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
        "url": url,
        "absolute_url": settings.BASE_URL + url,
        "kind": kind,
        "unsubscribe_url": unsubscribing.address_for(recipient.pk, kinds.get(kind)),
    }
    with translation.override(recipient.language), timezone.override(recipient.zone):
        subject = " ".join(render_to_string(f"emails/{kind}/subject.txt", full).split(" "))
        return Rendered(
            subject=one_line(subject),
            body_text=render_to_string(f"emails/{kind}/body.txt", full).strip() + "\n",
            body_html=render_to_string(f"emails/{kind}/body.html", full | {"subject": subject.strip()}),
        )


def mark_read(*, user: User, notice_id: int, now: datetime | None = None) -> Notice | None:
    """Mark one of the user's own notices; None when it is not his."""
    notice = Notice.objects.of(user).filter(pk=notice_id).first()
    if notice is not None and notice.read_at is None:
        notice.read_at = now or clock.now()
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(*, user: User, now: datetime | None = None) -> int:
    return Notice.objects.of(user).unread().update(read_at=now or clock.now())


def set_muted(*, user: User, kind: str, muted: bool) -> None:
    """Stop or resume the e-mails of a mutable kind; other kinds are left as they are."""
    if not kinds.get(kind).mutable:
        return
    if muted:
        MutedKind.objects.get_or_create(user=user, kind=kind)
    else:
        MutedKind.objects.filter(user=user, kind=kind).delete()


def set_daily(*, user: User, kind: str, daily: bool) -> None:
    """Have a kind once a day, all together, or each at its time; kinds that cannot are left as they are."""
    if not kinds.get(kind).daily:
        return
    if daily:
        DailyKind.objects.get_or_create(user=user, kind=kind)
    else:
        DailyKind.objects.filter(user=user, kind=kind).delete()
