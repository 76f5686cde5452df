"""The figures in the words of Prometheus (docs/observation.md)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import redis
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from core import clock
from core.health import signs
from core.observation.counts import Family
from pages.vitals import figures
from pages.vitals.backlogs import backlogs

ROOMS_OPEN: Final = Family("skilmi_rooms_open", "Rooms with somebody in them.", ())
ROOMS_METERING: Final = Family("skilmi_rooms_metering", "Rooms whose time counts now.", ())
METERED: Final = Family("skilmi_metered_seconds_day", "Seconds billed by what was settled within a day.", ())
PAYOUTS_OVERDUE: Final = Family("skilmi_payouts_overdue", "Payouts past what mentors were promised.", ())
GIVEN_UP: Final = Family("skilmi_webhooks_given_up", "News of Stripe that nobody understood for a day.", ())
EMAILS_FAILING: Final = Family("skilmi_emails_failing", "E-mails that were tried and did not leave.", ())
DUE: Final = Family("skilmi_due", "Rows that are due and not done.", ("kind",))
DUE_AGE: Final = Family("skilmi_due_age_seconds", "How long the oldest of them has been due.", ("kind",))
DRIFT: Final = Family("skilmi_ledger_drift_rows", "Rows that the last control of the books found.", ("check",))
DRIFT_AGE: Final = Family("skilmi_reconciliation_age_seconds", "Since the last control of the books.", ())
STRIPE_AGE: Final = Family("skilmi_stripe_read_age_seconds", "Since all lines at Stripe were read.", ())
SILENCE: Final = Family("skilmi_part_silence_seconds", "Since the last sign of life of any such part.", ("part",))
FAMILIES: Final = (
    *(ROOMS_OPEN, ROOMS_METERING, METERED, PAYOUTS_OVERDUE, GIVEN_UP, EMAILS_FAILING),
    *(DUE, DUE_AGE, DRIFT, DRIFT_AGE, STRIPE_AGE, SILENCE),
)


def gauges() -> Iterable[Metric]:
    now = clock.now()
    yield _one(ROOMS_OPEN, figures.rooms_open())
    yield _one(ROOMS_METERING, figures.rooms_metering())
    yield _one(METERED, figures.metered_seconds(now))
    yield _one(PAYOUTS_OVERDUE, figures.payouts_overdue(now))
    yield _one(GIVEN_UP, figures.webhooks_given_up())
    yield _one(EMAILS_FAILING, figures.emails_failing())
    yield from _backlogs(now)
    yield from _books(now)
    yield _signs()


def _backlogs(now: datetime) -> Iterable[Metric]:
    found = backlogs(now)
    yield _many(DUE, {each.kind.name: each.count for each in found})
    yield _many(DUE_AGE, {each.kind.name: _age(each.oldest or now, now) for each in found})


def _books(now: datetime) -> Iterable[Metric]:
    """What was never done has no age: an alert asks whether the figure is there."""
    control, reading = figures.last_reconciliation(), figures.last_reading_of_stripe()
    yield _many(DRIFT, control.found if control else {})
    if control:
        yield _one(DRIFT_AGE, _age(control.finished_at, now))
    if reading:
        yield _one(STRIPE_AGE, _age(reading.finished_at, now))


def _signs() -> Metric:
    try:
        said = signs.seconds_since()
    except redis.RedisError:
        said = {}
    return _many(SILENCE, {part: seconds for part, seconds in said.items() if seconds is not None})


def _age(since: datetime, now: datetime) -> int:
    return max(0, round((now - since).total_seconds()))


def _one(family: Family, value: int) -> Metric:
    return GaugeMetricFamily(family.name, family.words, value=value)


def _many(family: Family, values: Mapping[str, int]) -> Metric:
    metric = GaugeMetricFamily(family.name, family.words, labels=family.labels)
    for label, value in values.items():
        metric.add_metric([label], value)
    return metric
