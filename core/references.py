"""What an opaque reference is: `booking:abc` → its label and page. Each app registers its prefix in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Described:
    label: str
    url: str


Describer = Callable[[str], Described | None]
_describers: dict[str, Describer] = {}


def register(prefix: str, describer: Describer) -> None:
    _describers[prefix] = describer


def registered() -> dict[str, Describer]:
    return dict(_describers)


def describe(reference: str) -> Described | None:
    """Label and address of `prefix:identifier`, or None when nobody knows it."""
    prefix, _, identifier = reference.partition(":")
    describer = _describers.get(prefix)
    return describer(identifier) if describer else None
