"""References, states, identifiers, environment, translations."""

from pathlib import Path

import polib
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from django.utils.translation import ngettext

from config import env
from core import references
from core.errors import DomainError, IllegalMove
from core.identifiers import ALPHABET, new_reference
from core.states import check_move
from core.translations import compile_catalogues

MOVES = {"draft": frozenset({"sent"}), "sent": frozenset[str]()}


def test_a_move_the_map_allows_passes() -> None:
    check_move(MOVES, "draft", "sent")


@pytest.mark.parametrize(("current", "to"), [("sent", "draft"), ("draft", "draft"), ("unknown", "sent")])
def test_any_other_move_is_refused(current: str, to: str) -> None:
    with pytest.raises(IllegalMove):
        check_move(MOVES, current, to)


def test_a_refusal_carries_words_for_the_person() -> None:
    assert str(DomainError("Trop tard.").user_message) == "Trop tard."
    assert str(DomainError().user_message)


def test_references_are_long_readable_and_all_different() -> None:
    made = {new_reference() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(name) == 16 and set(name) <= set(ALPHABET) for name in made)


def test_a_reference_is_described_by_the_app_that_owns_its_prefix() -> None:
    assert references.describe("nobody:1") is None
    references.register("test", lambda identifier: references.Described(f"Test {identifier}", f"/test/{identifier}/"))
    try:
        assert references.describe("test:7") == references.Described("Test 7", "/test/7/")
    finally:
        references._describers.pop("test")


def test_a_value_may_live_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("hidden\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.text("THING") == "hidden"
    monkeypatch.setenv("THING", "open")
    assert env.text("THING") == "open"


def test_a_line_left_empty_hides_no_file_and_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As whoever copies .env.example has it."""
    monkeypatch.setenv("THING", "")
    with pytest.raises(ImproperlyConfigured, match="THING"):
        env.text("THING")
    assert env.text("THING", "something") == ""
    assert env.number("THING", 5) == 5
    assert env.flag("THING", default=True)
    (tmp_path / "secret").write_text("hidden\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.text("THING") == "hidden"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="ABSENT"):
        env.text("ABSENT")


def test_typed_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "Yes")
    assert env.flag("THING", default=False)
    monkeypatch.setenv("THING", "7")
    assert env.number("THING", 1) == 7
    monkeypatch.setenv("THING", "a, b,,c")
    assert env.words("THING") == ["a", "b", "c"]


def test_a_database_address_may_name_a_socket_folder() -> None:
    found = env.database("postgres://me:p%40ss@/skilmi?host=/run/pg")
    assert (found["NAME"], found["USER"], found["PASSWORD"], found["HOST"]) == ("skilmi", "me", "p@ss", "/run/pg")
    assert env.database("postgres://db.example:6432/skilmi")["PORT"] == "6432"
    assert env.database("postgres://db.example/skilmi?sslmode=require")["OPTIONS"] == {"sslmode": "require"}


def test_another_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgres"):
        env.database("sqlite:///file")


def test_catalogues_are_compiled_when_older_than_their_source(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Bonjour", msgstr="Hello"))
    catalogue.save(str(folder / "django.po"))
    assert compile_catalogues(tmp_path) == [folder / "django.mo"]
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "Hello"
    assert compile_catalogues(tmp_path) == []


def test_french_says_nothing_in_the_singular() -> None:
    compile_catalogues()
    with translation.override("fr"):
        said = [ngettext("%(count)s résultat", "%(count)s résultats", count) % {"count": count} for count in (0, 1, 2)]
    assert said == ["0 résultat", "1 résultat", "2 résultats"]
