"""Trouble on demand: each fault waits for the next matching request or event and is spent `times` times."""

import threading
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    NOT_REACHED = "not_reached"  # the connection breaks before anything was done
    LOST_ANSWER = "lost_answer"  # done, but the answer never arrives
    CONFLICT = "409"
    TOO_MANY = "429"
    BROKEN = "500"
    LATE = "late"  # done, and answered (or sent) after `seconds`
    # of events
    TWICE = "twice"
    NEVER = "never"
    OUT_OF_ORDER = "out_of_order"  # sent after the next one


# The target of a fault that takes the next event, whatever it is.
ANY_EVENT = "*"


@dataclass
class Fault:
    """`target` is the beginning of `POST /v1/transfers` or of an event's type, or any event (`*`)."""

    target: str
    kind: FaultKind
    times: int = 1
    seconds: float = 0.0

    def is_for(self, target: str) -> bool:
        # A request's name has a space after its method, an event's has none.
        return " " not in target if self.target == ANY_EVENT else target.startswith(self.target)


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._waiting)

    def take(self, target: str) -> Fault | None:
        """The first fault meant for this request or event, counted down."""
        with self._lock:
            for fault in self._waiting:
                if fault.is_for(target):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None
