"""The shape of references in addresses. What has another shape names nothing, and no query is asked about it."""

import re
from typing import Final

from django.urls import register_converter

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
