"""What Sentry is told of a failure: where in the code, which page, job and booking; nothing of a person."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from accounts.models import User
from config.celery import app
from core.embedded.places import PROJECT
from core.observation import failures, occasion

log = logging.getLogger("tests.failures")
DSN = "https://0123456789abcdef@sentry.example/7"
PERSON = "karim.benali@example.org"
ADDRESS = "/agenda/claire/bcdefghj/"
Told = list[dict[str, Any]]


class Kept(Transport):
    """Instead of the network."""

    told: Told = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.told += [json.loads(item.get_bytes()) for item in envelope.items if item.type == "event"]


@pytest.fixture
def told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    settings.SENTRY_DSN, settings.SENTRY_ENVIRONMENT, settings.RELEASE = DSN, "essai", "v1.2.3"
    settings.SENTRY_SAMPLE_PERCENT = 100
    monkeypatch.setattr(Kept, "told", [])
    start = sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: start(**options, transport=Kept))
    handlers = list(logging.getLogger().handlers)
    failures.start()
    yield Kept.told
    logging.getLogger().handlers = handlers
    start(default_integrations=False)
    occasion.end()


def fails(*_given: Any, **_named: Any) -> Any:
    raise LookupError(f"nothing for {PERSON} at {ADDRESS}")


@pytest.mark.django_db
def test_a_page_that_fails_is_told_without_the_person(told: Told, karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(karim)
    monkeypatch.setattr("notifications.services.mark_all_read", fails)
    address = f"{reverse('notifications:read_all')}?suite=Benali"
    data = {"note": "Je m’appelle Benali"}
    assert client.post(address, data, headers={"User-Agent": "Benali 1.0"}).status_code == 500
    event = next(each for each in told if "exception" in each)
    text = json.dumps(told, ensure_ascii=False)
    for secret in ("enali", "bcdefghj", "sessionid", client.cookies["sessionid"].value, "Cookie", "suite", "appelle"):
        assert secret not in text, secret
    (failure,) = event["exception"]["values"]
    assert failure["type"] == "LookupError"
    assert failure["stacktrace"]["frames"][-1]["function"] == "fails"
    assert all("vars" not in frame for frame in failure["stacktrace"]["frames"])
    assert (event["release"], event["environment"]) == ("v1.2.3", "essai")
    assert event["user"] == {"id": str(karim.pk)}
    assert event["tags"]["page"] == event["transaction"] == "notifications:read_all"
    assert len(event["tags"]["request_id"]) == 16


@pytest.mark.django_db
def test_a_job_that_fails_is_told_with_its_name(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    app.autodiscover_tasks(force=True)
    monkeypatch.setattr("bookings.services.due_reminder_ids", fails)
    app.tasks["bookings.sweep"].apply(kwargs={}, headers={"request_id": "abcdefgh23456789"})
    event = next(each for each in told if "exception" in each)
    assert event["tags"]["job"] == "bookings.sweep"
    assert "enali" not in json.dumps(told)


def test_an_error_that_is_only_written_is_told_cleaned(told: Told) -> None:
    log.warning("nobody is woken up")
    log.error("not sent to %s", PERSON, extra={"subject": "Benali"})
    (event,) = told
    assert event["logentry"] == {"message": "not sent to …"}
    assert "enali" not in json.dumps(event)


def test_a_few_of_many_may_be_told(settings: Settings, told: Told) -> None:
    settings.SENTRY_SAMPLE_PERCENT = 0
    failures.start()
    log.error("one of many")
    assert told == []


def test_without_an_address_the_library_is_not_loaded() -> None:
    assert configured.SENTRY_DSN == ""
    code = "import django, sys; django.setup(); print('sentry_sdk' in sys.modules)"
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.demo", "DATA_DIR": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
