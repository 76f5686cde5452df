"""Sending work to the Celery workers by name, so that a service never imports a task.

A job only shortens the wait: what must happen is a row, and a sweep each minute finds the rows that are due. That is
why a broker that is down is logged and forgotten.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core.observation import occasion

log = logging.getLogger(__name__)


def enqueue(name: str, **arguments: int | str) -> None:
    """Run the task `name` with these ids once the current transaction is committed."""

    def send() -> None:  # not a partial: Django names the function when it fails
        _send(name, arguments)

    transaction.on_commit(send, robust=True)


def _send(name: str, arguments: dict[str, int | str]) -> None:
    try:
        # What the worker writes can be found from the request that asked for it.
        headers = {"request_id": occasion.request_id()}
        current_app.send_task(name, kwargs=arguments, headers=headers, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("job %s waits for the next sweep: %s", name, error)
