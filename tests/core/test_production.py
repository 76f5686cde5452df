"""What real servers are made of: nothing unsafe in the settings, nothing secret in the journals."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from core import logs

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_live_0123456789abcdef"
# As on real servers, secrets in files.
GIVEN = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "ALLOWED_HOSTS": "skilmi.example",
    "CSRF_TRUSTED_ORIGINS": "https://skilmi.example",
    "BASE_URL": "https://skilmi.example",
}
IN_FILES = {
    "SECRET_KEY": "nTq7bJ2kV9xZ4mW1pR8sY5cL3fG6hD0aE_uIoKjNvBtMzQxSwPyRlCgHdFe1234",
    "STRIPE_SECRET_KEY": KEY,
    "STRIPE_WEBHOOK_SECRET": "whsec_one",
    "STRIPE_WEBHOOK_SECRET_V2": "whsec_two",
    "DATABASE_URL": "postgres://skilmi:hidden@postgres/skilmi",
}


def check(folder: Path, *, without: str = "") -> "subprocess.CompletedProcess[str]":
    environment = GIVEN | {"PATH": os.environ["PATH"], "DATA_DIR": str(folder)}
    for name, value in IN_FILES.items():
        (folder / name).write_text(f"{value}\n")
        environment[f"{name}_FILE"] = str(folder / name)
    environment.pop(f"{without}_FILE", None)
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_real_servers_pass_every_check(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_real_servers_do_not_start_without_a_secret(tmp_path: Path) -> None:
    done = check(tmp_path, without="SECRET_KEY")
    assert done.returncode != 0
    assert "SECRET_KEY is missing" in done.stderr


@pytest.fixture
def hidden(settings: Any) -> Any:
    settings.STRIPE_SECRET_KEY = KEY
    logs._keys.cache_clear()
    yield logs.HideSecrets()
    logs._keys.cache_clear()


def written(line: logging.LogRecord, hidden: logging.Filter) -> str:
    assert hidden.filter(line)
    return logging.Formatter().format(line)


def test_our_keys_are_in_no_journal(hidden: logging.Filter) -> None:
    line = logging.LogRecord("x", logging.ERROR, "x", 1, "refused: %s", (KEY,), None)
    assert written(line, hidden) == "refused: …"


def test_nor_in_the_traceback_of_what_failed(hidden: logging.Filter) -> None:
    try:
        int(f"GET /agenda/claire/abcdefgh/ with {KEY}")
    except ValueError:
        line = logging.LogRecord("x", logging.ERROR, "x", 1, "failed", (), sys.exc_info())
    text = written(line, hidden)
    assert "ValueError" in text
    assert KEY not in text
    assert "abcdefgh" not in text


@pytest.mark.django_db
def test_every_page_carries_what_protects_it(client: Client) -> None:
    said = client.get(reverse("pages:home")).headers
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["X-Frame-Options"] == "DENY"
    assert said["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in said["Permissions-Policy"]
    assert "default-src 'none'" in said["Content-Security-Policy"]


@pytest.mark.django_db
def test_whoever_logs_in_gets_a_session_nobody_knew_before(client: Client) -> None:
    get_user_model().objects.create_superuser("camille@example.org", "sesame-ouvre-toi")
    client.post(reverse("pages:theme"), {"theme": "dark"})
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    assert client.login(email="camille@example.org", password="sesame-ouvre-toi")
    assert client.session.session_key != before
