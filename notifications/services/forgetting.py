"""What is told is kept for a while only: e-mails for 15 days, and nobody's name longer than himself."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, Value
from django.db.models.functions import Replace

from accounts.models import ERASED_NAME, MemberPage, User
from core import clock
from notifications.models import Email, Notice

# As long as a member may come back: when he is erased, what was written about him by e-mail is gone already.
EMAILS_KEPT = timedelta(days=15)
PIECE = 1000


def forget_old_emails(*, now: datetime | None = None) -> int:
    """E-mails that were sent, or given up, long ago: their readers have them. How many."""
    moment = now or clock.now()
    over = Q(sent_at__lte=moment - EMAILS_KEPT) | Q(
        sent_at=None, next_attempt_at=None, created_at__lte=moment - EMAILS_KEPT
    )
    old = list(Email.objects.filter(over).order_by("pk").values_list("pk", flat=True)[:PIECE])
    Email.objects.filter(pk__in=old).delete()
    return len(old)


def forget_member(*, member: User, readers: Collection[int]) -> None:
    """What these members were told of somebody who is erased names him no more; links to his page go with him."""
    name, own = member.get_full_name(), Q(recipient_id__in=readers)
    if name:
        Notice.objects.filter(own, text__contains=name).update(text=Replace("text", Value(name), Value(ERASED_NAME)))
    for words in _traces(member):
        Notice.objects.filter(own).filter(Q(text__regex=words) | Q(url__regex=words)).delete()
        said = Q(subject__regex=words) | Q(body_text__regex=words)
        Email.objects.filter(own, said, sent_at__isnull=False).delete()


def _traces(member: User) -> list[str]:
    """Whole words: his first name alone, which others may bear too, and the address of his page."""
    page = MemberPage.objects.filter(user=member).first()
    return [rf"\y{re.escape(word)}\y" for word in (member.first_name, page.slug if page else "") if word]
