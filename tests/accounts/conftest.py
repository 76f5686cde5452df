import pytest
from django.conf import LazySettings

from tests.databases import cloned_database
from tests.stripe import sandbox

__all__ = ["cloned_database", "sandbox"]


@pytest.fixture
def outbox(settings: LazySettings) -> None:
    """E-mails become rows, as on a real server."""
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"
