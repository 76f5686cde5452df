"""pytest plugin, loaded with `-p tests.services` before Django reads its settings.

Starts a throw-away PostgreSQL and Valkey once per run, shared by the processes of pytest-xdist, unless DATABASE_URL and
REDIS_URL are given. Each process gets its own clock and its own numbered Redis database.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from core.embedded.services import Services
from core.translations import compile_catalogues

REDIS_DATABASES = 16
EMBEDDED_DATABASES = 256


def _start_services() -> None:
    services = Services(Path(tempfile.mkdtemp(prefix="skilmi-test-")), durable=False)
    services.start()
    atexit.register(services.forget)
    atexit.register(services.stop)
    os.environ.update(services.environment())


def _own_redis(url: str, number: int) -> str:
    """The same server's database `number`: emptying it disturbs nobody else."""
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number % EMBEDDED_DATABASES}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{number % REDIS_DATABASES}"))


def _prepare_controller() -> None:
    # Bytecode kept between runs saves seconds in each process.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        _start_services()
    else:
        os.environ["DATA_DIR"] = folder = tempfile.mkdtemp(prefix="skilmi-test-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    compile_catalogues()


def _prepare_process(worker: str) -> None:
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    if worker:
        os.environ["REDIS_URL"] = _own_redis(os.environ["REDIS_URL"], number)
    os.environ["TEST_PROCESS"] = worker or "main"
    os.environ["CLOCK_OFFSET_FILE"] = str(Path(os.environ["DATA_DIR"]) / f"clock-offset-{worker or 'main'}")


_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if not _worker:
    _prepare_controller()
_prepare_process(_worker)


@pytest.fixture(autouse=True)
def _clock_back_in_time() -> Iterator[None]:
    """A test that moved the clock leaves real time to the next."""
    yield
    Path(os.environ["CLOCK_OFFSET_FILE"]).unlink(missing_ok=True)
