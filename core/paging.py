"""Pages of lists whose length is known already."""

from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

Row = TypeVar("Row")


class CountedPaginator(Paginator[Row]):
    """A paginator that is told the number of rows."""

    def __init__(self, rows: "QuerySet[Any] | list[Row]", page_size: int, count: int) -> None:
        super().__init__(rows, page_size)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known
