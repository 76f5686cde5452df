"""Each benchmark runs, however small, and prints its line. Its figures are nobody's test."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.embedded.places import PROJECT

LINES = {
    "ledger": ["bench", "settlements_per_s", "tpcb_per_s", "ratio", "postings_per_s", "postings_ratio"],
    "room": ["bench", "rooms", "p95_ms", "floor_p95_ms", "ratio", "kib_per_socket", "lost_s", "double_s"],
    "invoices": ["bench", "per_s", "weasyprint_per_s", "ratio"],
    "booking": [
        "bench",
        "requests",
        "events",
        "queries",
        "cpu_ms",
        "web_ms",
        "worker_ms",
        "database_ms",
        "floor_cpu_ms",
        "ratio",
        "steps",
    ],
    "load": [
        "bench",
        "asked_per_s",
        "answered_per_s",
        "errors",
        "held_per_s",
        "p50_ms",
        "p95_ms",
        "p99_ms",
        "cpu_ms",
        "floor_cpu_ms",
        "ratio",
        "cores_used",
    ],
}

PAGES = [
    "community",
    "skill",
    "profile",
    "training",
    "inbox",
    "thread",
    "my_sessions",
    "request",
    "counter_offer",
    "accept",
]


STEPS = ["message", "request", "counter-offer", "acceptance", "payment", "meeting", "review", "invoice", "payout"]


def run(*arguments: str, data_dir: Path) -> "subprocess.CompletedProcess[str]":
    # Its own services, never those of this test run.
    without = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments, "--history", str(data_dir / "history.jsonl")],
        cwd=PROJECT,
        env=environment | {"DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


def a_booking_is_paid_met_and_paid_out(row: dict[str, Any]) -> None:
    assert list(row["steps"]) == STEPS
    assert row["queries"] > row["requests"] > len(STEPS)
    assert row["events"] > 0


def visitors_are_answered(row: dict[str, Any]) -> None:
    assert row["errors"] == 0
    assert set(row["cores_used"]) == {"web", "database", "valkey", "client", "others"}


MORE: dict[str, Callable[[dict[str, Any]], None]] = {
    "booking": a_booking_is_paid_met_and_paid_out,
    "load": visitors_are_answered,
}


@pytest.mark.parametrize("name", LINES)
def test_a_benchmark_ends_with_its_line_of_json(name: str, tmp_path: Path) -> None:
    ended = run(name, "--quick", "--keep", data_dir=tmp_path)
    assert ended.returncode == 0, ended.stderr
    row = json.loads(ended.stdout.splitlines()[-1])
    assert list(row) == LINES[name]
    assert row["bench"] == name
    assert row["ratio"] > 0
    assert "Warning" not in ended.stderr
    if more := MORE.get(name):
        more(row)
    kept = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert [{key: line[key] for key in row} for line in kept] == [row]
    assert {"at", "code", "cores", "python"} == set(kept[0]) - set(row)


def test_each_page_has_a_row_for_each_size(tmp_path: Path) -> None:
    ended = run("pages", "--quick", "--keep", data_dir=tmp_path)
    assert ended.returncode == 0, ended.stderr
    row = json.loads(ended.stdout.splitlines()[-1])
    assert row["bench"] == "pages"
    sizes = {each["mentors"] for each in row["rows"]}
    assert [(each["page"], each["mentors"]) for each in row["rows"]] == [
        (page, size) for size in sorted(sizes) for page in PAGES
    ]
    for each in row["rows"]:
        assert list(each) == ["page", "mentors", "queries", "cpu_ms", "floor_cpu_ms", "ratio", "p95_ms"]
        assert each["queries"] > 0
        assert each["p95_ms"] > 0
    assert json.loads((tmp_path / "history.jsonl").read_text())["rows"] == row["rows"]


def test_an_unknown_benchmark_is_told_which_exist(tmp_path: Path) -> None:
    ended = run("speed", data_dir=tmp_path)
    assert ended.returncode == 2
    assert all(name in ended.stderr for name in [*LINES, "pages", "all"])
