"""What the tests of refusals share: the id of a page, and what must never grow."""

from uuid import uuid4

from sessions_video.models import Lease, Segment

PAGE = str(uuid4())


def counted() -> tuple[int, int]:
    """Everything money could come from."""
    return Lease.objects.count(), Segment.objects.count()
