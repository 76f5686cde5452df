"""Settings are read once per process: production's are tried in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "skilmi.example",
    "BASE_URL": "https://skilmi.example",
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "STRIPE_WEBHOOK_SECRET_V2": "whsec_2",
}
LOOK_FOR_DEMO = """
import django; django.setup()
from django.test import Client
from django.urls import Resolver404, resolve
from django.conf import settings
assert "demo" not in settings.INSTALLED_APPS
assert settings.CLOCK == "core.clock.SystemClock"
for path in ("/demo/", "/demo/horloge/", "/demo/connexion/"):
    try:
        resolve(path)
    except Resolver404:
        continue
    raise SystemExit(f"{path} is reachable")
"""


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STRIPE_")}
    environment |= PRODUCTION | changes
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_demo_is_not_reachable_in_production() -> None:
    result = run("-c", LOOK_FOR_DEMO)
    assert result.returncode == 0, result.stdout + result.stderr


def test_production_settings_pass_the_deployment_check() -> None:
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_sandbox_is_refused_in_production() -> None:
    result = run("manage.py", "check", "--deploy", STRIPE_SANDBOX_URL="http://localhost:8001")
    assert result.returncode != 0
    assert "skilmi.E002" in result.stderr
