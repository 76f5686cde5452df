"""Pages of lists whose length is known already."""

from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from core.prepared import Window

Row = TypeVar("Row")


class CountedPaginator(Paginator[Row]):
    """A paginator that is told the number of rows."""

    def __init__(self, rows: "QuerySet[Any] | Window[Row] | list[Row]", page_size: int, count: int) -> None:
        super().__init__(rows, page_size)  # type: ignore[arg-type]  # only cut, never counted
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known
