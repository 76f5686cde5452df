"""What a page may say: one table of message types and their fields. Everything else is refused at the door."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sessions_video.errors import BadMessage

MAX_BYTES = 64 * 1024
MAX_SDP = 48 * 1024
MAX_CANDIDATE = 2048
MAX_CHAT = 4000
MAX_NUMBER = 2**31

Check = Callable[[Any], Any]


def _uuid(value: Any) -> UUID:
    return UUID(_text(36)(value))


def _text(longest: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest or "\x00" in value:
            raise ValueError
        # Half of a surrogate pair, which JSON can write, is not text: neither the database nor a socket takes it.
        value.encode()
        return value

    return check


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MAX_NUMBER:
        raise ValueError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _one_of(*values: str) -> Check:
    def check(value: Any) -> str:
        if value not in values:
            raise ValueError
        return str(value)

    return check


def _optional(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _record(**fields: Check) -> Check:
    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or value.keys() - fields.keys():
            raise ValueError
        return {name: wanted(value.get(name)) for name, wanted in fields.items()}

    return check


_description = _record(type=_one_of("offer", "answer"), sdp=_text(MAX_SDP))
_candidate = _optional(
    _record(
        candidate=_text(MAX_CANDIDATE),
        sdpMid=_optional(_text(64)),
        sdpMLineIndex=_optional(_number),
        usernameFragment=_optional(_text(256)),
    )
)

MESSAGES: Mapping[str, Mapping[str, Check]] = {
    "room.join": {},
    "room.leave": {},
    "room.sync": {"last_chat_id": _number},
    "presence.beat": {},
    "signal.description": {"to": _uuid, "generation": _number, "description": _description},
    "signal.candidate": {"to": _uuid, "generation": _number, "candidate": _candidate},
    "signal.rebuild": {"to": _uuid},
    "chat.send": {"client_id": _uuid, "body": _text(MAX_CHAT)},
    "media.state": {"microphone": _flag, "camera": _flag, "screen": _flag, "sound_only": _optional(_flag)},
    "media.failed": {"failed": _flag},
    "share.ask": {},
    "share.decline": {},
    "meter.start": {},
    "extension.offers": {},
    "extension.ask": {"request_id": _uuid, "ms": _number, "price_cents": _number, "card_cents": _number},
    "extension.answer": {"request_id": _uuid, "accepts": _flag},
    "extension.withdraw": {"request_id": _uuid},
    "end.ask": {},
    "end.confirm": {},
    "end.drop": {},
}

# What makes rows costs more than what is passed on: nobody fills the tables by sending fast.
COSTS: Mapping[str, float] = {"room.join": 10, "chat.send": 5, "extension.ask": 10}


def parse(text: str | None) -> tuple[str, dict[str, Any]]:
    """The type and the checked fields of a frame; raises BadMessage."""
    if text is None or len(text.encode()) > MAX_BYTES:
        raise BadMessage
    try:
        frame = json.loads(text)
        kind = frame.pop("type")
        fields = MESSAGES[kind]
        if frame.keys() - fields.keys():
            raise BadMessage
        return kind, {name: check(frame.get(name)) for name, check in fields.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadMessage from error


@dataclass
class Allowance:
    """A token bucket: bursts of `size` messages, `rate` a second in the long run."""

    size: float = 150
    rate: float = 15
    left: float = 150
    at: float = field(default_factory=time.monotonic)

    def spend(self, cost: float = 1) -> bool:
        now = time.monotonic()
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        self.left -= cost
        return self.left >= 0
