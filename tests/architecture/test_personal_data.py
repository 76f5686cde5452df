"""The map of what the product knows of its members is complete: docs/privacy.md prints it as it is."""

from collections import Counter
from pathlib import Path

from django.apps import apps
from django.db.models import Field, Model
from django.utils import translation

from accounts.models import User
from core.personal_data import Fate, Held, registered

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf8")
HELD: list[Held] = [row for source in registered() for row in source.held]
# They name people inside, where no foreign key shows it.
WITHOUT_KEY = {"accounts.User", "sessions.Session"}
# What names a person without belonging to anybody.
SHARED = {"auth.Group", "auth.Group_permissions", "auth.Permission", "contenttypes.ContentType"}


def models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.label not in SHARED]


def columns_to(model: type[Model], targets: set[type[Model]]) -> set[str]:
    fields = (field for field in model._meta.get_fields() if isinstance(field, Field) and not field.many_to_many)
    return {field.name for field in fields if field.related_model in targets}


def reaching_members() -> set[type[Model]]:
    """Every model with a way to a member, through however many others."""
    found: set[type[Model]] = {User}
    while more := {model for model in models() if model not in found and columns_to(model, found)}:
        found |= more
    return found


def table() -> str:
    lines = ["| What | Model | Afterwards | Ground, and for how long |", "|---|---|---|---|"]
    lines += [f"| {row.what} | `{row.model}` | {row.fate} | {row.why or '–'} |" for row in HELD]
    return "\n".join(lines)


def test_every_model_that_reaches_a_member_is_registered_once() -> None:
    expected = {model._meta.label for model in reaching_members()} | WITHOUT_KEY
    assert {row.model for row in HELD} == expected
    assert [model for model, times in Counter(row.model for row in HELD).items() if times > 1] == []


def test_every_column_that_names_a_member_is_known() -> None:
    found = {model._meta.label: columns_to(model, {User}) for model in reaching_members()}
    known = {row.model: set(row.members) for row in HELD}
    assert {label: columns for label, columns in found.items() if columns != known.get(label, set())} == {}


def test_what_stays_says_on_what_ground() -> None:
    assert [row.model for row in HELD if row.fate != Fate.ERASED and not str(row.why)] == []


def test_an_app_answers_for_its_own_models() -> None:
    ours = {source.app for source in registered()}
    strays = [
        row.model
        for source in registered()
        for row in source.held
        if (app := row.model.partition(".")[0]) in ours and app != source.app
    ]
    assert strays == []


def test_the_map_is_printed_as_it_is() -> None:
    with translation.override("fr"):
        expected = table()
    assert expected in TEXT, f"docs/privacy.md should say:\n\n{expected}"
