"""The shape of references in addresses. What has another shape names nothing, and no query is asked about it.

And addresses that lists write many times.
"""

import re
from functools import cache
from typing import Final

from django.urls import register_converter, reverse

SHAPE: Final = "[0-9a-z]{1,32}"


class ReferenceConverter:
    """`<reference:name>` in a path."""

    regex = SHAPE

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def is_reference(text: str) -> bool:
    return re.fullmatch(SHAPE, text) is not None


register_converter(ReferenceConverter, "reference")


STAND_IN = "reference"


@cache
def _around(name: str) -> tuple[str, str]:
    """What stands before and after the one part that differs."""
    before, _, after = reverse(name, args=[STAND_IN]).partition(STAND_IN)
    return before, after


def address_of(name: str, part: str) -> str:
    """`reverse` of an address with one slug or reference: finding those of a list costs as much as drawing it."""
    return part.join(_around(name))
