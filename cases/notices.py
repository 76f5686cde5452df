"""What cases tell people (N-20, N-21): about money, never muted."""

from notifications import kinds

_KINDS = ("complaint", "not_held", "reminder", "answered", "decided", "appealed", "closed", "withdrawn")


def register() -> None:
    for name in _KINDS:
        kinds.register(kinds.Kind(f"cases.{name}"))
