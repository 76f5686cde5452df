"""Carries signed events to the product's webhooks, again and again until it says 200."""

import heapq
import itertools
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stripe_sandbox.events import Endpoint, Event
from stripe_sandbox.faults import Fault, FaultKind

log = logging.getLogger(__name__)

# Seconds before each new try.
DELAYS = (1, 2, 5, 15, 60, 300, 900, 3600)
TIMEOUT = 10


@dataclass(frozen=True)
class Address:
    url: str
    secret: str


class Courier(threading.Thread):
    def __init__(self, addresses: Mapping[Endpoint, Address], delivered: Callable[[Event], None]) -> None:
        super().__init__(name="courier", daemon=True)
        self._addresses = addresses
        self._delivered = delivered
        self._waiting: list[tuple[float, int, int, Event]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()

    def send(self, event: Event, fault: Fault | None = None) -> None:
        if fault and fault.kind == FaultKind.NEVER:
            return
        delay = fault.seconds if fault and fault.kind == FaultKind.LATE else 0.0
        for _copy in range(2 if fault and fault.kind == FaultKind.TWICE else 1):
            self._put(event, delay, 0)

    def _put(self, event: Event, delay: float, tries: int) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + delay, next(self._order), tries, event))
            self._changed.notify()

    def run(self) -> None:
        while True:
            event, tries = self._next()
            if self._post(event):
                self._delivered(event)
            elif tries < len(DELAYS):
                self._put(event, DELAYS[tries], tries + 1)

    def _next(self) -> tuple[Event, int]:
        with self._changed:
            while True:
                if not self._waiting:
                    self._changed.wait()
                    continue
                wait = self._waiting[0][0] - time.monotonic()
                if wait <= 0:
                    _due, _number, tries, event = heapq.heappop(self._waiting)
                    return event, tries
                self._changed.wait(wait)

    def _post(self, event: Event) -> bool:
        address = self._addresses.get(event.endpoint)
        if address is None:
            return True
        headers = {"Content-Type": "application/json", "Stripe-Signature": event.signature(address.secret)}
        request = urllib.request.Request(address.url, event.body.encode(), headers)  # noqa: S310  (from the command line)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return bool(answer.status == 200)  # noqa: PLR2004
        except (urllib.error.URLError, OSError) as error:
            log.info("webhook %s waits: %s", event.type, error)
            return False
