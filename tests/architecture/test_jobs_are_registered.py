"""A name that nobody answers to would be lost without a sound."""

import ast
from datetime import UTC, datetime

import pytest
import time_machine

from config.celery import app
from tests.architecture.sources import called_name, modules


@pytest.fixture(scope="module")
def registered() -> set[str]:
    app.autodiscover_tasks(force=True)
    return set(app.tasks)


def enqueued() -> dict[str, str]:
    """Name given to `enqueue` → where."""
    found = {}
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called_name(node) == "enqueue" and node.args:
                argument = node.args[0]
                assert isinstance(argument, ast.Constant), f"{path}:{node.lineno} enqueues a name that is not a literal"
                found[str(argument.value)] = f"{path}:{node.lineno}"
    return found


def test_every_name_of_the_timetable_is_a_task(registered: set[str]) -> None:
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} - registered == set()


def test_every_enqueued_name_is_a_task(registered: set[str]) -> None:
    assert {name: where for name, where in enqueued().items() if name not in registered} == {}


def test_a_beat_that_came_back_a_moment_ago_sweeps_at_the_next_full_minute() -> None:
    schedule = app.conf.beat_schedule["billing.sweep_payouts"]["schedule"]
    with time_machine.travel(datetime(2026, 11, 22, 12, 1, 2, tzinfo=UTC), tick=False):
        assert schedule.is_due(datetime(2026, 11, 22, 12, 0, 50, tzinfo=UTC)).is_due
