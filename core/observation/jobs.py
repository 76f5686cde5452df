"""Around every job of a worker: its name and number, the request that sent it, its cost, one line in the journal."""

import logging
from contextvars import ContextVar
from time import perf_counter
from typing import Any, Final

from celery.signals import setup_logging, task_postrun, task_prerun, worker_ready

from core.observation import counts, occasion

log = logging.getLogger(__name__)
DONE: Final = "SUCCESS"
_started: ContextVar[float] = ContextVar("job_started", default=0)


def keep_our_journal(**_extra: Any) -> None:
    """Celery writes where everybody writes (settings.LOGGING), past the same filter, instead of in its own way."""


def begin(task_id: str, task: Any, **_extra: Any) -> None:
    _begin_occasion(task_id, task)
    _started.set(perf_counter())


def end(task_id: str, task: Any, state: str, **_extra: Any) -> None:
    seconds = perf_counter() - _started.get()
    outcome = "done" if state == DONE else "failed"
    # Of all that it did: not about the booking it touched last.
    _begin_occasion(task_id, task)
    log.info("job %s %s", task.name, outcome, extra={"outcome": outcome, "ms": round(1000 * seconds, 1)})
    occasion.end()
    counts.count(counts.JOBS, task.name, outcome)
    counts.spend(counts.JOB_SECONDS, seconds, task.name)


def begin_counting(**_extra: Any) -> None:
    counts.start()


def _begin_occasion(task_id: str, task: Any) -> None:
    sent_with = task.request.headers or {}
    occasion.begin(job=task.name, job_id=task_id, request_id=sent_with.get("request_id"))


setup_logging.connect(keep_our_journal)
task_prerun.connect(begin)
task_postrun.connect(end)
worker_ready.connect(begin_counting)
