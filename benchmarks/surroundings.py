"""Services for one run: thrown away afterwards, as durable as the demo's and a real server's (fsync stays on)."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from core.embedded.services import Services

# On a disk, where /tmp is often memory: a commit must cost what it costs.
ON_DISK = Path("/var/tmp")  # noqa: S108


@contextmanager
def throw_away() -> Iterator[Services]:
    """A PostgreSQL and a Valkey nobody else uses, with the product's tables; the environment names them."""
    # Bytecode kept between runs, here and in the client processes.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    services = Services(Path(tempfile.mkdtemp(prefix="skilmi-bench-", dir=ON_DISK if ON_DISK.is_dir() else None)))
    try:
        services.start()
        # Where files would be collected: ServeStatic warns when it is not there.
        (services.root / "static").mkdir()
        os.environ.update(services.environment())
        os.environ["LOG_LEVEL"] = "WARNING"
        start_django()
        call_command("migrate", verbosity=0)
        yield services
    finally:
        services.stop()
        services.forget()


def start_django() -> None:
    """Also what each client process does first."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.demo"
    django.setup()
