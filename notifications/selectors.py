from accounts.models import User
from notifications.models import DailyKind, Email, MutedKind, Notice, NoticeQuerySet


def notices_of(user: User) -> NoticeQuerySet:
    return Notice.objects.of(user)


def unread_count(user: User) -> int:
    return unread_notices(user).count()


def unread_notices(user: User) -> NoticeQuerySet:
    return Notice.objects.of(user).unread()


def muted_kinds(user: User) -> frozenset[str]:
    return frozenset(MutedKind.objects.filter(user=user).values_list("kind", flat=True))


def daily_kinds(user: User) -> frozenset[str]:
    return frozenset(DailyKind.objects.filter(user=user).values_list("kind", flat=True))


def failing_count() -> int:
    """E-mails that were tried and did not leave."""
    return Email.objects.filter(sent_at=None).exclude(last_error="").count()
