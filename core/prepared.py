"""A question asked on every page, put into SQL once: building it anew costs more than PostgreSQL takes to answer it.

The query is written with Django's own querysets, on values that stand for those of each request:

    MEMBER = stand_in_number(1)
    question = Prepared(lambda: Notice.objects.of(User(pk=MEMBER)).values_list("pk"))
    question.first({MEMBER: user.pk})
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import F, Func, IntegerField, QuerySet, Subquery

_FAR = datetime(9000, 1, 1, tzinfo=UTC)


def stand_in_number(place: int) -> int:
    """No row has it."""
    return -(2**62) - place


def stand_in_moment(place: int) -> datetime:
    """Nothing happens then."""
    return _FAR + timedelta(days=place)


def number_of(rows: QuerySet[Any]) -> Subquery:
    """How many there are, as a column of another question."""
    counted = rows.order_by().annotate(number=Func(F("pk"), function="COUNT", output_field=IntegerField()))
    return Subquery(counted.values("number"))


class Prepared:
    """`build` is called once in a process, when the question is first asked."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build

    @cached_property
    def _question(self) -> tuple[str, tuple[Any, ...]]:
        sql, params = self._build().query.sql_with_params()
        return sql, tuple(params)

    def first(self, values: Mapping[Any, Any]) -> tuple[Any, ...]:
        """The first row. `values` are what the stand-ins stand for."""
        sql, params = self._question
        missing = set(values).difference(params)
        if missing:
            raise ValueError(missing)
        with connection.cursor() as cursor:
            cursor.execute(sql, [values.get(param, param) for param in params])
            row: tuple[Any, ...] = cursor.fetchone()
        return row
