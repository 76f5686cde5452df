"""System checks: a version of a legal text that its readers would know too late does not start."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.core.checks import CheckMessage, Error, register

from accounts.legal import BEFORE_THE_LAUNCH, HISTORY, NOTICE, SENDING, Version


@register()
def members_know_in_time(**_options: Any) -> list[CheckMessage]:
    return [
        Error(f"{document} {version.name}: {fault}", id="skilmi.E012")
        for document, versions in HISTORY.items()
        for version, fault in _faults(versions)
    ]


def _faults(versions: tuple[Version, ...]) -> Iterator[tuple[Version, str]]:
    for version in versions:
        if version.announced_on is None:
            if version.name not in BEFORE_THE_LAUNCH:
                yield version, "say on which day it is announced (announced_on)."
        elif version.since < version.announced_on + NOTICE + SENDING:
            earliest = version.announced_on + NOTICE + SENDING
            yield version, f"announced on {version.announced_on}, it is in force on {earliest} at the earliest."
    for former, version in pairwise(versions):
        if version.since < former.since:
            yield version, "it is in force before the version that it follows."
        elif version.announced_on and version.announced_on < former.since:
            yield version, f"announce it once {former.name} is in force."
