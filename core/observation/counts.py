"""What every process of every machine counts, added up in Valkey: whichever of them is asked tells of all (ADR 17).

Counting touches this process's memory only. Each few seconds a thread of its own adds to Valkey what was counted since;
while Valkey is away it waits here.
"""

import atexit
import json
import os
import socket
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock, Thread
from typing import Final

import redis
from django.conf import settings
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from core.health.signs import valkey

PATIENCE_SECONDS: Final = 2
PAUSE_SECONDS: Final = 5
# What a process that died said last is forgotten after this.
SILENCE_SECONDS: Final = 30
KEY: Final = "skilmi:counts"
SOCKETS_KEY: Final = "skilmi:sockets"
SEPARATOR: Final = "|"
SUM: Final = "sum"


@dataclass(frozen=True)
class Family:
    """Labels only take values that stand in the code: nobody outside makes a new one. Seconds, when it has bounds."""

    name: str
    words: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...] = ()


PAGE_BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
JOB_BOUNDS: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)
REQUESTS: Final = Family("skilmi_requests", "Requests answered.", ("page", "method", "status"))
REQUEST_SECONDS: Final = Family("skilmi_request_seconds", "Time to answer.", ("page", "method"), PAGE_BOUNDS)
JOBS: Final = Family("skilmi_jobs", "Jobs that workers ran.", ("job", "outcome"))
JOB_SECONDS: Final = Family("skilmi_job_seconds", "Time a job took.", ("job",), JOB_BOUNDS)
FAMILIES: Final = {family.name: family for family in (REQUESTS, REQUEST_SECONDS, JOBS, JOB_SECONDS)}
SOCKETS: Final = Family("skilmi_sockets_open", "Open sockets, by kind.", ("kind",))
READABLE: Final = Family("skilmi_counts_readable", "0 while Valkey, which adds up the counts, does not answer.", ())

_turn = Lock()
_pending: Counter[str] = Counter()
_open: Counter[str] = Counter()


# --- counting ---


def is_on() -> bool:
    """Nobody reads what is counted without a token."""
    return bool(settings.METRICS_TOKEN)


def count(family: Family, *labels: str) -> None:
    if is_on():
        with _turn:
            _pending[_field(family, labels)] += 1


def spend(family: Family, seconds: float, *labels: str) -> None:
    if is_on():
        bucket = str(bisect_left(family.bounds, seconds))
        with _turn:
            _pending[_field(family, (*labels, bucket))] += 1
            _pending[_field(family, (*labels, SUM))] += seconds  # type: ignore[assignment]


@contextmanager
def open_socket(kind: str) -> Iterator[None]:
    with _turn:
        _open[kind] += 1
    try:
        yield
    finally:
        with _turn:
            _open[kind] -= 1


def _field(family: Family, labels: tuple[str, ...]) -> str:
    return SEPARATOR.join((family.name, *labels))


# --- adding up ---


def start() -> None:
    """Called by a process that counts, once it is what it will be: threads do not survive a fork."""
    if is_on():
        _start()


@cache
def _start() -> None:
    Thread(target=_repeat, name="counts", daemon=True).start()
    atexit.register(flush)


def _repeat() -> None:
    while True:
        time.sleep(PAUSE_SECONDS)
        flush()


def flush() -> None:
    """Add what was counted since the last time. What Valkey did not take is kept for the next one."""
    with _turn:
        taken = dict(_pending)
        _pending.clear()
        sockets = {kind: number for kind, number in _open.items() if number}
    try:
        with valkey(PATIENCE_SECONDS) as server, server.pipeline() as changes:
            for field, amount in taken.items():
                changes.hincrbyfloat(KEY, field, amount)
            changes.hset(SOCKETS_KEY, _process(), json.dumps({"at": time.time(), "open": sockets}))
            changes.execute()
    except redis.RedisError:
        with _turn:
            _pending.update(taken)


def _process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


# --- reading ---


def read() -> Iterable[Metric]:
    flush()
    try:
        with valkey(PATIENCE_SECONDS) as server:
            counted = {_text(field): float(amount) for field, amount in server.hgetall(KEY).items()}
            sockets = _living_sockets(server)
    except redis.RedisError:
        yield GaugeMetricFamily(READABLE.name, READABLE.words, value=0)
        return
    yield GaugeMetricFamily(READABLE.name, READABLE.words, value=1)
    yield _sockets(sockets)
    for family in FAMILIES.values():
        own = {tuple(field.split(SEPARATOR)[1:]): amount for field, amount in counted.items() if _is_of(field, family)}
        yield _histogram(family, own) if family.bounds else _counter(family, own)


def _is_of(field: str, family: Family) -> bool:
    """A label more or less is of an older or newer version of us."""
    name, *labels = field.split(SEPARATOR)
    return name == family.name and len(labels) == len(family.labels) + bool(family.bounds)


def _text(said: "bytes | str") -> str:
    return said.decode() if isinstance(said, bytes) else said


def _living_sockets(server: "redis.Redis") -> Counter[str]:
    found: Counter[str] = Counter()
    for process, said in server.hgetall(SOCKETS_KEY).items():
        told = json.loads(said)
        if time.time() - told["at"] > SILENCE_SECONDS:
            server.hdel(SOCKETS_KEY, process)
        else:
            found.update(told["open"])
    return found


def _sockets(found: Mapping[str, int]) -> Metric:
    metric = GaugeMetricFamily(SOCKETS.name, SOCKETS.words, labels=SOCKETS.labels)
    for kind, number in sorted(found.items()):
        metric.add_metric([kind], number)
    return metric


def _counter(family: Family, own: Mapping[tuple[str, ...], float]) -> Metric:
    metric = CounterMetricFamily(family.name, family.words, labels=family.labels)
    for labels, amount in sorted(own.items()):
        metric.add_metric(labels, amount)
    return metric


def _histogram(family: Family, own: Mapping[tuple[str, ...], float]) -> Metric:
    """Buckets are kept apart, and told as Prometheus wants them: each holds those before it."""
    metric = HistogramMetricFamily(family.name, family.words, labels=family.labels)
    names = [*map(str, family.bounds), "+Inf"]
    for labels in sorted({labels[:-1] for labels in own}):
        total, buckets = 0.0, []
        for number, name in enumerate(names):
            total += own.get((*labels, str(number)), 0.0)
            buckets.append((name, total))
        metric.add_metric(labels, buckets, own.get((*labels, SUM), 0.0))
    return metric
