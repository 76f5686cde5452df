"""Work sent to the workers by name."""

import time

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.celery import app
from core.jobs import enqueue


def waiting() -> int:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        return int(broker.llen(settings.CELERY_TASK_DEFAULT_QUEUE))


@pytest.mark.django_db
def test_a_job_is_sent_once_the_transaction_is_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = waiting()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue("core.example", row_id=7)
        assert waiting() == before
    assert waiting() == before + 1


@pytest.mark.django_db
def test_a_job_of_a_transaction_that_fails_is_never_sent(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = waiting()

    def fail() -> None:
        with transaction.atomic():
            enqueue("core.example", row_id=7)
            raise LookupError

    with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(LookupError):
        fail()
    assert callbacks == []
    assert waiting() == before


@pytest.mark.django_db
def test_a_broker_that_is_down_is_logged_and_forgotten(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = Celery("elsewhere", broker="redis+socket:///nowhere/at/all.sock")
    elsewhere.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    elsewhere.set_current()
    started = time.monotonic()
    try:
        with django_capture_on_commit_callbacks(execute=True):
            enqueue("core.example", row_id=7)
    finally:
        app.set_current()
    assert time.monotonic() - started < 2
    assert "core.example waits for the next sweep" in caplog.text
