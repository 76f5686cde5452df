"""Compiles the catalogues: `.po` files are kept, `.mo` files are made at each start and before tests."""

from pathlib import Path

import polib

SOURCE_LANGUAGE = "fr"
LOCALE = Path(__file__).resolve().parent.parent / "locale"


def catalogues(folder: Path = LOCALE) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def compile_catalogues(folder: Path = LOCALE) -> list[Path]:
    """Compile what is missing or older than the sources; return the files written."""
    written = []
    sources = catalogues(folder)
    newest = max((source.stat().st_mtime_ns for source in sources), default=0)
    for source in sources:
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > newest:
            continue
        fresh = target.with_suffix(".new")
        catalogue = polib.pofile(str(source))
        if source.parts[-3] == SOURCE_LANGUAGE:
            catalogue.extend(_own_plurals(catalogue, sources))
        catalogue.save_as_mofile(str(fresh))
        fresh.replace(target)
        written.append(target)
    return written


def _own_plurals(catalogue: polib.POFile, sources: list[Path]) -> list[polib.POEntry]:
    """Sentences that count, translated by themselves: gettext chooses a plural it does not know as English does,
    and French says « 0 résultat ».
    """
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue}
    entries = [entry for source in sources for entry in polib.pofile(str(source)) if entry.msgid_plural]
    return [
        polib.POEntry(
            msgid=entry.msgid,
            msgid_plural=entry.msgid_plural,
            msgctxt=entry.msgctxt,
            msgstr_plural={0: entry.msgid, 1: entry.msgid_plural},
        )
        for entry in entries
        if not entry.obsolete and (entry.msgctxt, entry.msgid) not in known
    ]


if __name__ == "__main__":
    compile_catalogues()
