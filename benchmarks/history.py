"""What the runs that were kept said: one line of JSON each, in the repository, so that a regression shows in a review.

Ratios travel between machines; milliseconds and rates do not, and are compared with nothing.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.results import Result
from core.embedded.places import PROJECT

FILE = PROJECT / "benchmarks" / "history.jsonl"
# Two runs of the same code differ by less.
NOISE = 0.15
# Where a greater ratio is the better one: how fast we are, in parts of the floor.
HIGHER_IS_BETTER = frozenset({"ledger", "invoices"})

Line = Mapping[str, Any]


def lines(history: Path = FILE) -> list[Line]:
    return [json.loads(line) for line in history.read_text(encoding="utf8").splitlines()] if history.exists() else []


def keep(result: Result, history: Path = FILE) -> None:
    """Add the line, with its date, the code it measured and the machine it ran on."""
    history.parent.mkdir(parents=True, exist_ok=True)
    about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "code": _code(), "cores": os.cpu_count()}
    with history.open("a", encoding="utf8") as out:
        out.write(json.dumps(about | {"python": platform.python_version()} | dict(result.row)) + "\n")


def _code() -> str:
    """The commit, with a plus when files were changed since; empty outside a repository."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()


def ratios(line: Line) -> dict[str, float]:
    """What is compared, by what it is about: one for a benchmark, or one for each of its rows."""
    if "rows" not in line:
        return {"": float(line["ratio"])}
    return {f"{row['page']}, {row['mentors']:,} mentors": float(row["ratio"]) for row in line["rows"]}


def newest(kept: Iterable[Line]) -> dict[str, Line]:
    """The last line of each benchmark."""
    return {line["bench"]: line for line in kept}


def changes(line: Line, before: Line | None) -> Iterator[str]:
    """One sentence for each ratio that moved by more than noise since the last run kept."""
    known = ratios(before) if before else {}
    for name, ratio in ratios(line).items():
        if not known.get(name):
            continue
        moved = ratio / known[name] - 1
        if abs(moved) > NOISE:
            is_worse = (moved < 0) == (line["bench"] in HIGHER_IS_BETTER)
            what = f"{line['bench']} {name}".strip()
            yield f"{'WORSE' if is_worse else 'better'}: {what}: {known[name]} → {ratio} ({moved:+.0%})"


def table(kept: Iterable[Line]) -> str:
    """The last run of each benchmark, in Markdown."""
    rows = ["| Benchmark | Ratio to its floor | Run |", "|---|---:|---|"]
    for bench, line in sorted(newest(kept).items()):
        for name, ratio in ratios(line).items():
            rows.append(f"| {', '.join(filter(None, [bench, name]))} | {ratio} | {line['at'][:10]}, {line['code']} |")
    return "\n".join(rows)
