"""A question asked on every page, put into SQL once: building it anew costs more than PostgreSQL takes to answer it.

The query is written with Django's own querysets, as a function of what differs from one request to the next:

    @Prepared
    def _notices(member: int, since: datetime) -> QuerySet[Notice]:
        return Notice.objects.of(User(pk=member)).filter(created_at__gte=since).select_related("user")

    _notices.rows(user.pk, yesterday)

The function is called once in a process, with values no row has in the place of the arguments. It must pass them on to
the database unchanged: what it decides by looking at them is decided for everybody.
"""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import cached_property
from inspect import signature
from typing import Any, Generic, NamedTuple, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import BooleanField, CharField, F, Field, Func, IntegerField, QuerySet, Subquery, Value
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")

_STAND_INS: dict[Any, Callable[[int], Any]] = {
    int: lambda place: -(2**62) - place,
    str: lambda place: f"\x01{place}\x01",
    list[str]: lambda place: [f"\x01{place}\x01"],
    list[int]: lambda place: [-(2**62) - place],
    datetime: lambda place: datetime(9000, 1, 1, tzinfo=UTC) + timedelta(days=place),
}


def number_of(rows: QuerySet[Any]) -> Subquery:
    """How many there are, as a column of another question."""
    counted = rows.order_by().annotate(number=Func(F("pk"), function="COUNT", output_field=IntegerField()))
    return Subquery(counted.values("number"))


def is_among(name: str, values: list[str] | list[int], kind: Field[Any, Any] | None = None) -> Func:
    """« IN », as one value however many there are."""
    among = Value(values, ArrayField(kind or CharField()))
    return Func(F(name), among, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


class _Question(NamedTuple):
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    # For each place in the SQL: the number of the argument that goes there, or the value that always does.
    places: list[tuple[int | None, Any]]


class Prepared(Generic[Row]):
    """`build` takes int, str, datetime, list[str] and list[int], each said in its signature.

    Or in `kinds`, for a function made for one choice among many: it may then leave some of its values aside.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], kinds: Sequence[Any] | None = None) -> None:
        self._build = build
        self._kinds = kinds

    @cached_property
    def _question(self) -> _Question:
        arguments = signature(self._build).parameters.values()
        kinds = [argument.annotation for argument in arguments] if self._kinds is None else self._kinds
        stand_ins = [_STAND_INS[kind](place) for place, kind in enumerate(kinds)]
        queryset = self._build(*stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        # Which columns Django changes on their way is the same each time too.
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda _expressions: converters
        places = [(stand_ins.index(param) if param in stand_ins else None, param) for param in params]
        unused = set(range(len(kinds))) - {number for number, _ in places}
        if unused and self._kinds is None:
            raise ValueError(f"{self._build.__name__} passes on nothing of its arguments {sorted(unused)}")
        return _Question(queryset, compiler, sql, places)

    def rows(self, *values: Any, start: int = 0, limit: int | None = None) -> list[Row]:
        """What Django's queryset would give, prefetched rows included."""
        known = self._question
        asked = known.queryset.all()
        compiler = copy(known.compiler)
        compiler.query, compiler.connection = asked.query, connections[asked.db]
        sql, params = known.sql, tuple(_value(place, param, values) for place, param in known.places)
        if limit is not None:
            sql, params = f"{sql} LIMIT %s OFFSET %s", (*params, limit, start)
        # Django asks its query for a compiler and that one for words: both are there already.
        compiler.as_sql = lambda *_args, **_options: (sql, params)  # type: ignore[method-assign]
        asked.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return list(asked)

    def first(self, *values: Any) -> Row | None:
        return next(iter(self.rows(*values, limit=1)), None)

    def window(self, *values: Any) -> "Window[Row]":
        return Window(self, values)


class Window(Generic[Row]):
    """The rows of a question as a paginator cuts them: only the slice asked for is read."""

    def __init__(self, question: Prepared[Row], values: tuple[Any, ...]) -> None:
        self._question = question
        self._values = values

    def __getitem__(self, part: slice) -> list[Row]:
        start = part.start or 0
        return self._question.rows(*self._values, start=start, limit=part.stop - start)


def _value(place: int | None, param: Any, values: tuple[Any, ...]) -> Any:
    """The argument of that place, told to PostgreSQL as of the same kind as the one it stands for."""
    if place is None:
        return param
    return type(param)(values[place]) if isinstance(param, int) else values[place]
