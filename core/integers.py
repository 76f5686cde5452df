"""Whole numbers on their way to PostgreSQL.

Django calls a bare number in an expression an integer of 32 bits, however large it is, and psycopg in binary form keeps
the lower 32 bits of what is larger: `Greatest("seen", Value(milliseconds))` would compare with another moment.
"""

from typing import Any

import psycopg
from psycopg.adapt import Dumper, PyFormat
from psycopg.types.numeric import Int4, Int4BinaryDumper, Int8, Int8BinaryDumper


class Int4OrLarger(Int4BinaryDumper):
    """32 bits as Django asks, 64 where the number needs them."""

    _larger = Int8BinaryDumper(Int8)

    def get_key(self, obj: Any, format: PyFormat) -> type:  # noqa: A002 (psycopg's name)
        return self.upgrade(obj, format).cls

    def upgrade(self, obj: Any, format: PyFormat) -> Dumper:  # noqa: A002
        return self if -(2**31) <= obj < 2**31 else self._larger


def register() -> None:
    """Before the first connection: each copies what psycopg knows then."""
    psycopg.adapters.register_dumper(Int4, Int4OrLarger)
