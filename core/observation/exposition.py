"""What Prometheus reads: the counts of every process, and the figures that apps above read from the database."""

from collections.abc import Callable, Iterable
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric

from core.observation import counts

__all__ = ["CONTENT_TYPE_LATEST", "is_allowed", "page", "register"]

Source = Callable[[], Iterable[Metric]]
SCHEME: Final = "Bearer "
_sources: list[Source] = [counts.read]


def register(source: Source) -> None:
    _sources.append(source)


def is_allowed(request: HttpRequest) -> bool:
    """Whoever asks shows the token; without one in the settings there is nothing to see."""
    shown = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(shown, f"{SCHEME}{settings.METRICS_TOKEN}")


class _Everything:
    def collect(self) -> Iterable[Metric]:
        for source in _sources:
            yield from source()


def page() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything())
    return generate_latest(registry)
