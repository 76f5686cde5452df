"""What a migration may do while the code before it still serves (docs/operations.md, « Migrations »).

Those of the first release ran on empty tables. A newer one that has to break a rule says why, beside its operations:

    breaks = {"RemoveField": "read by no release since 2027-03"}
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from tests.architecture.sources import PROJECT

# The last of the first release, raised until that is made: no server holds rows before it.
FIRST_RELEASE = {
    "accounts": 5,
    "billing": 9,
    "bookings": 6,
    "cases": 2,
    "catalog": 8,
    "core": 4,
    "mentors": 4,
    "messaging": 6,
    "notifications": 2,
    "reviews": 4,
    "sessions_video": 8,
    "support": 5,
}
HARMLESS = (AddIndexConcurrently, AddConstraintNotValid)
GONE = "the release before still uses it; take it away one release later"
REFUSED: dict[type[Operation], str] = {
    migrations.RemoveField: GONE,
    migrations.DeleteModel: GONE,
    migrations.RenameField: GONE,
    migrations.RenameModel: GONE,
    migrations.AlterModelTable: GONE,
    migrations.AddIndex: "locks the table while it is built; AddIndexConcurrently in a migration that is not atomic",
    migrations.AddConstraint: "locks the table while it is read; AddConstraintNotValid, then ValidateConstraint",
}


@cache
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def newer() -> Iterator[tuple[str, str]]:
    for app, name in loader().disk_migrations:
        if app in FIRST_RELEASE and int(name[:4]) > FIRST_RELEASE[app]:
            yield app, name


def wrong(migration: migrations.Migration, before: ProjectState) -> list[str]:
    """What is wrong with it, as `Operation: why`."""
    allowed: dict[str, str] = getattr(migration, "breaks", {})
    made = {each.name_lower for each in migration.operations if isinstance(each, migrations.CreateModel)}
    found = []
    for operation in migration.operations:
        if getattr(operation, "model_name_lower", None) in made or type(operation).__name__ in allowed:
            continue
        if why := fault_of(operation, migration, before):
            found.append(f"{type(operation).__name__}: {why}")
    return found


def fault_of(operation: Operation, migration: migrations.Migration, before: ProjectState) -> str:
    if isinstance(operation, migrations.AddField):
        return fault_of_new(operation.field)
    if isinstance(operation, migrations.AlterField):
        known = before.models[migration.app_label, operation.model_name_lower].fields[operation.name]
        return fault_of_change(known, operation.field)
    if isinstance(operation, migrations.RunPython | migrations.RunSQL):
        return "" if operation.reversible else "has no way back; give it one, if only noop"
    if isinstance(operation, HARMLESS):
        return ""
    return next((why for kind, why in REFUSED.items() if isinstance(operation, kind)), "")


def fault_of_new(field: "models.Field[Any, Any]") -> str:
    is_fine = field.many_to_many or field.null or field.db_default is not NOT_PROVIDED
    return "" if is_fine else "the release before writes rows without it; null=True or db_default"


def fault_of_change(known: "models.Field[Any, Any]", field: "models.Field[Any, Any]") -> str:
    if known.null and not field.null:
        return "reads the whole table under a lock; first a CHECK that is not valid, validated, then this"
    if type(known) is not type(field):
        return "writes the whole table again; a new column, filled, takes its place"
    if (known.max_length or 0) > (field.max_length or 0):
        return "what is stored may be longer"
    return ""


def test_new_migrations_let_the_release_before_go_on() -> None:
    found = {
        f"{app}.{name}": wrong(loader().disk_migrations[app, name], loader().project_state((app, name), at_end=False))
        for app, name in newer()
    }
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_every_app_is_known() -> None:
    here = {app.label for app in apps.get_app_configs() if Path(app.path).parent == PROJECT}
    assert {app for app, _name in loader().disk_migrations if app in here} == set(FIRST_RELEASE)


# --- the rules themselves, on migrations that nobody wrote ---


class Breaking(migrations.Migration):
    breaks = {"RemoveField": "nothing reads it any more"}


def judged(*operations: Operation, breaks: bool = False) -> list[str]:
    migration: Any = (Breaking if breaks else migrations.Migration)("0099_tried", "messaging")
    migration.operations = list(operations)
    before = loader().project_state(("messaging", "0006_files_in_their_folder"))
    return [fault.partition(":")[0] for fault in wrong(migration, before)]


TEXT = models.TextField(null=True)
SHORT = models.CharField(max_length=10)
INDEX = models.Index(fields=["body"], name="tried_index")
CHECK = models.CheckConstraint(condition=models.Q(body=""), name="tried_check")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("message", "body"),
        migrations.RenameField("message", "body", "words"),
        migrations.DeleteModel("message"),
        migrations.AddField("message", "mood", SHORT),
        migrations.AlterField("message", "body", SHORT),
        migrations.AlterField("message", "client_id", models.UUIDField()),
        migrations.AddIndex("message", INDEX),
        migrations.AddConstraint("message", CHECK),
        migrations.RunSQL("SELECT 1"),
    ],
    ids=lambda each: f"{type(each).__name__} {getattr(each, 'name', '')}",
)
def test_what_would_stop_the_release_before_is_refused(operation: Operation) -> None:
    assert judged(operation) == [type(operation).__name__]


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.AddField("message", "mood", TEXT)],
        [migrations.AddField("message", "mood", models.CharField(max_length=10, db_default=""))],
        [AddIndexConcurrently("message", INDEX)],
        [AddConstraintNotValid("message", CHECK)],
        [migrations.CreateModel("tried", [("body", SHORT)]), migrations.AddIndex("tried", INDEX)],
        [migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)],
    ],
    ids=lambda each: " ".join(type(operation).__name__ for operation in each),
)
def test_what_the_release_before_does_not_notice_is_taken(operations: list[Operation]) -> None:
    assert judged(*operations) == []


def test_a_migration_may_say_why_it_breaks_a_rule() -> None:
    removed = migrations.RemoveField("message", "body")
    assert judged(removed, breaks=True) == []
    assert judged(migrations.DeleteModel("message"), breaks=True) == ["DeleteModel"]
