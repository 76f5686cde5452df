"""Compiles the catalogues: `.po` files are kept, `.mo` files are made at each start and before tests."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def catalogues(folder: Path = LOCALE) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def compile_catalogues(folder: Path = LOCALE) -> list[Path]:
    """Compile what is missing or older than its source; return the files written."""
    written = []
    for source in catalogues(folder):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        fresh = target.with_suffix(".new")
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
