"""Rows into tables by PostgreSQL's COPY."""

from collections.abc import Iterable, Sequence

from django.db import connection, models
from django.db.models import Max


def first_free(model: type[models.Model]) -> int:
    """The number the next row gets: identifiers are given here, so that rows can name each other before they exist."""
    return (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def copy(rows: Sequence[models.Model]) -> None:
    """All of one model. Constraints and triggers work as for any insertion."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.generated]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {connection.ops.quote_name(meta.db_table)} ({names}) FROM STDIN") as lines:
            for row in rows:
                lines.write_row([_value(field, row) for field in fields])
        if isinstance(meta.pk, models.AutoField):
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [meta.db_table, meta.pk.column, rows[-1].pk]
            )


def _value(field: "models.Field[object, object]", row: models.Model) -> object:
    value = field.pre_save(row, add=True)
    if isinstance(value, models.expressions.DatabaseDefault):
        value = getattr(field.db_default, "value", field.db_default)
    return field.get_db_prep_save(value, connection)


def batches(numbers: range, size: int) -> Iterable[range]:
    for start in range(numbers.start, numbers.stop, size):
        yield range(start, min(start + size, numbers.stop))
