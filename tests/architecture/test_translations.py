"""Catalogues: complete, sound, and compiled as they are written."""

import re
from pathlib import Path

import polib
import pytest
from django.utils import translation

from core.translations import catalogues, compile_catalogues

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")


@pytest.mark.parametrize("path", catalogues(), ids=str)
def test_every_sentence_is_translated(path: Path) -> None:
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("path", catalogues(), ids=str)
def test_a_translation_keeps_the_placeholders(path: Path) -> None:
    for entry in polib.pofile(str(path)):
        expected = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                found = set(PLACEHOLDER.findall(text))
                # « one message » may leave out the number that « %(count)s messages » prints.
                assert found <= expected if entry.msgid_plural else found == expected, entry.msgid


def test_a_french_sentence_is_shown_as_it_is_written() -> None:
    """Another package may have the same words in English, and a French catalogue of its own."""
    ours = next(path for path in catalogues() if "en" in path.parts)
    with translation.override("fr"):
        changed = {entry.msgid: translation.gettext(entry.msgid) for entry in polib.pofile(str(ours))}
    assert {written: shown for written, shown in changed.items() if written and written != shown} == {}


@pytest.mark.parametrize("path", catalogues(), ids=str)
def test_the_compiled_catalogue_is_fresh(path: Path) -> None:
    compile_catalogues()
    compiled = {_identity(entry): entry.msgstr for entry in polib.mofile(str(path.with_suffix(".mo")))}
    for entry in polib.pofile(str(path)).translated_entries():
        assert compiled[_identity(entry)] == entry.msgstr


def _identity(entry: polib.POEntry | polib.MOEntry) -> tuple[str, str, str]:
    """The same word may have a plural, or another meaning, elsewhere."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""
