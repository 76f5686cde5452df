"""Brings the catalogues in line with the sentences of the product."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.messages import Sentence, sentences
from core.translations import LOCALE


def key(entry: polib.POEntry) -> Sentence:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def new_catalogue() -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def new_entry(sentence: Sentence, place: str) -> polib.POEntry:
    context, singular, plural = sentence
    entry = polib.POEntry(msgctxt=context or None, msgid=singular, occurrences=[(place, "")])
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = {0: "", 1: ""}
    if "%(" in singular or "%s" in singular:
        entry.flags.append("python-format")
    return entry


class Command(BaseCommand):
    help = "Adds new sentences to the catalogues and drops those that are gone; --check only says what is wrong."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a sentence lacks")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = sentences()
        for language, _name in settings.LANGUAGES:
            if language != settings.LANGUAGE_CODE:
                path = LOCALE / language / "LC_MESSAGES" / "django.po"
                self._check(path, found) if options["check"] else self._update(path, found)

    def _update(self, path: Path, found: dict[Sentence, str]) -> None:
        known = {key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
        catalogue = new_catalogue()
        for sentence, place in found.items():
            entry = known.get(sentence) or new_entry(sentence, place)
            entry.occurrences = [(place, "")]
            catalogue.append(entry)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        self.stdout.write(f"{path}: {len(catalogue)} sentences, {len(catalogue.untranslated_entries())} to translate.")

    def _check(self, path: Path, found: dict[Sentence, str]) -> None:
        if not path.exists():
            raise CommandError(f"{path} is missing: run collect_messages.")
        catalogue = polib.pofile(str(path))
        translated = {key(entry) for entry in catalogue if entry.translated() and not entry.fuzzy}
        lacking = [f"{place}: {sentence[1]}" for sentence, place in found.items() if sentence not in translated]
        if lacking:
            raise CommandError("\n".join([f"{path} lacks {len(lacking)} translations:", *lacking]))
