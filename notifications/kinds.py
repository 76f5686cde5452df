"""The kinds of notices. Each app declares its own in `notices.py`, with one folder of templates per kind."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """`name` is also the folder `templates/emails/<name>/` with subject.txt, body.txt and body.html."""

    name: str
    email: bool = True
    in_app: bool = True
    # Legal and money notices are never mutable.
    mutable: bool = False
    label: str | Promise = ""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    return _kinds[name]


def registered() -> dict[str, Kind]:
    return dict(_kinds)
