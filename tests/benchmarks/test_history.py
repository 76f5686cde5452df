"""Runs that were kept: what moved since the last one, and the table of the documentation."""

from pathlib import Path

import pytest

from benchmarks import history
from benchmarks.results import Result
from core.embedded.places import PROJECT


def pages(ratio: float) -> dict[str, object]:
    return {"bench": "pages", "rows": [{"page": "skill", "mentors": 1000, "ratio": ratio}]}


@pytest.mark.parametrize(
    ("line", "before", "said"),
    [
        (pages(5.0), pages(4.0), ["WORSE: pages skill, 1,000 mentors: 4.0 → 5.0 (+25%)"]),
        (pages(2.0), pages(4.0), ["better: pages skill, 1,000 mentors: 4.0 → 2.0 (-50%)"]),
        (pages(4.2), pages(4.0), []),
        (pages(4.2), None, []),
        ({"bench": "ledger", "ratio": 0.3}, {"bench": "ledger", "ratio": 0.6}, ["WORSE: ledger: 0.6 → 0.3 (-50%)"]),
        ({"bench": "room", "ratio": 1.0}, {"bench": "room", "ratio": 4.0}, ["better: room: 4.0 → 1.0 (-75%)"]),
    ],
)
def test_what_moved_more_than_noise_is_said(line: history.Line, before: history.Line | None, said: list[str]) -> None:
    assert list(history.changes(line, before)) == said


def test_the_table_shows_the_last_run_of_each(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "history.jsonl"
    assert history.lines(file) == []
    for ratio in (0.5, 0.6):
        history.keep(Result("ledger", {"ratio": ratio}), file)
    written = history.table(history.lines(file))
    assert "| ledger | 0.6 |" in written
    assert "0.5" not in written


def test_the_documentation_shows_what_was_kept_last() -> None:
    assert history.table(history.lines()) in (PROJECT / "docs" / "benchmarks.md").read_text(encoding="utf8")
