"""System checks: combinations of settings that must never serve real members."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def _is_demo() -> bool:
    return bool(getattr(settings, "DEMO", False))


@register(Tags.security)
def no_demo_part_in_production(**_options: Any) -> list[CheckMessage]:
    """The movable clock and the stand-in for Stripe exist in the demo and the tests only."""
    if _is_demo():
        return []
    found: list[CheckMessage] = []
    if settings.CLOCK != "core.clock.SystemClock":
        found.append(Error("The clock must be core.clock.SystemClock outside the demo.", id="skilmi.E001"))
    if settings.STRIPE_SANDBOX_URL or settings.STRIPE_HTTP_CLIENT:
        found.append(
            Error("STRIPE_SANDBOX_URL and STRIPE_HTTP_CLIENT must be empty outside the demo.", id="skilmi.E002")
        )
    if "demo" in settings.INSTALLED_APPS:
        found.append(Error("The demo app must not be installed outside the demo.", id="skilmi.E003"))
    if not settings.TEAM_NEEDS_SECOND_FACTOR:
        found.append(Error("The team must need a second factor outside the demo.", id="skilmi.E009"))
    if settings.DEBUG:
        found.append(Error("DEBUG must be off outside the demo.", id="skilmi.E004"))
    return found


@register(Tags.security)
def demo_stays_at_home(**_options: Any) -> list[CheckMessage]:
    """The demo's passwords are public and its secret key too: it must not meet real money or other machines."""
    if not _is_demo():
        return []
    found: list[CheckMessage] = []
    if settings.STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
        found.append(Error("The demo must not hold a live Stripe key.", id="skilmi.E005"))
    if not settings.STRIPE_SANDBOX_URL and settings.STRIPE_SECRET_KEY == "sk_test_sandbox":  # noqa: S105
        found.append(Error("Without the sandbox, STRIPE_SECRET_KEY must be a Stripe test key.", id="skilmi.E006"))
    return found


@register(Tags.security)
def stripe_is_configured(**_options: Any) -> list[CheckMessage]:
    missing = [
        name
        for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET_V2")
        if not getattr(settings, name)
    ]
    return [Error(f"{name} is empty: payments cannot work.", id="skilmi.E007") for name in missing]


@register(Tags.security)
def buckets_are_two(**_options: Any) -> list[CheckMessage]:
    """What is private must not lie where anybody reads."""
    public, private = settings.S3_PUBLIC_BUCKET, settings.S3_PRIVATE_BUCKET
    if not (public or private):
        return []
    if not (public and private and settings.S3_PUBLIC_URL):
        names = "S3_PUBLIC_BUCKET, S3_PRIVATE_BUCKET and S3_PUBLIC_URL"
        return [Error(f"{names} go together: all, or none of them.", id="skilmi.E010")]
    if public == private:
        return [Error("S3_PRIVATE_BUCKET must not be the bucket anybody reads.", id="skilmi.E011")]
    return []


@register(Tags.database)
def only_postgresql(**_options: Any) -> list[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        return [Error("Only PostgreSQL is supported.", id="skilmi.E008")]
    return []
