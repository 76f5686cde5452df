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
    # Members may have it once a day, all together.
    daily: bool = False
    label: str | Promise = ""
    # The kind whose choices it follows, when these are not its own.
    follows: str = ""

    @property
    def choice(self) -> str:
        """Under which name a member's choice about it is kept."""
        return self.follows or self.name


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    return _kinds[name]


def choices() -> list[Kind]:
    """What members choose about: e-mails that may be stopped."""
    return [kind for kind in _kinds.values() if kind.mutable and not kind.follows]


def registered() -> dict[str, Kind]:
    return dict(_kinds)
