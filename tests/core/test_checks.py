"""Combinations of settings that must not serve anybody."""

import pytest
from django.core.checks import CheckMessage
from django.test import override_settings
from pytest_django import Settings

from core import checks

OTHER_DATABASE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.DEMO = False
    settings.DEBUG = False
    settings.TEAM_NEEDS_SECOND_FACTOR = True
    settings.CLOCK = "core.clock.SystemClock"
    settings.STRIPE_SANDBOX_URL = ""
    settings.STRIPE_HTTP_CLIENT = ""
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "demo"]
    return settings


def test_real_servers_pass(production: Settings) -> None:
    assert checks.no_demo_part_in_production() == []
    assert checks.demo_stays_at_home() == []
    assert production.DEMO is False


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("CLOCK", "core.clock.ShiftedClock", "skilmi.E001"),
        ("STRIPE_SANDBOX_URL", "http://localhost:8001", "skilmi.E002"),
        ("DEBUG", True, "skilmi.E004"),
        ("TEAM_NEEDS_SECOND_FACTOR", False, "skilmi.E009"),
    ],
)
def test_parts_of_the_demo_are_refused_elsewhere(production: Settings, name: str, value: object, error: str) -> None:
    setattr(production, name, value)
    assert ids(checks.no_demo_part_in_production()) == [error]


def test_the_demo_app_is_refused_elsewhere(production: Settings) -> None:
    production.INSTALLED_APPS = [*production.INSTALLED_APPS, "demo"]
    assert ids(checks.no_demo_part_in_production()) == ["skilmi.E003"]


def test_the_demo_may_have_its_parts(settings: Settings) -> None:
    assert settings.DEMO
    assert checks.no_demo_part_in_production() == []


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_the_demo_never_holds_a_live_key(settings: Settings, key: str) -> None:
    settings.STRIPE_SECRET_KEY = key
    assert ids(checks.demo_stays_at_home()) == ["skilmi.E005"]


def test_the_demo_without_its_sandbox_needs_a_test_key(settings: Settings) -> None:
    settings.STRIPE_SANDBOX_URL = ""
    settings.STRIPE_SECRET_KEY = "sk_test_sandbox"
    assert ids(checks.demo_stays_at_home()) == ["skilmi.E006"]


def test_payments_need_their_secrets(settings: Settings) -> None:
    assert checks.stripe_is_configured() == []
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert ids(checks.stripe_is_configured()) == ["skilmi.E007"]


def test_only_postgresql_is_served() -> None:
    assert checks.only_postgresql() == []
    with pytest.warns(UserWarning, match="DATABASES"), override_settings(DATABASES=OTHER_DATABASE):
        assert ids(checks.only_postgresql()) == ["skilmi.E008"]
