"""The pair of services, owned by one supervisor at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.embedded.places import ServiceError, socket_dir
from core.embedded.postgres import Postgres
from core.embedded.processes import wait_until
from core.embedded.valkey import Valkey

JOIN_SECONDS = 90


class AlreadyRunning(ServiceError):
    """Another living process owns the services of this data folder."""


class Services:
    """PostgreSQL and Valkey for the data folder `root`; not durable means faster and good for tests only."""

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root
        self.sockets = socket_dir(root)
        self.postgres = Postgres(root, self.sockets, durable=durable)
        self.valkey = Valkey(root, self.sockets, durable=durable)
        self._lock: IO[str] | None = None
        self._ready = root / "services.ready"

    def environment(self) -> dict[str, str]:
        """What the settings read."""
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "DATA_DIR": str(self.root),
        }

    def start(self) -> None:
        """Start both, or raise AlreadyRunning. What a killed supervisor left behind is stopped first."""
        self._own()
        try:
            self.valkey.start()
            self.postgres.prepare()
            self.postgres.start()
            self.valkey.wait()
        except BaseException:
            self.stop()
            raise
        self._ready.write_text(str(os.getpid()))

    def poll(self) -> str | None:
        """The name of the service that ended by itself, if one did."""
        for name, service in (("postgres", self.postgres), ("valkey", self.valkey)):
            if service.poll() is not None:
                return name
        return None

    def pid(self, name: str) -> int:
        """The number of the process of `postgres` or `valkey`."""
        note = self.valkey.pid_file if name == "valkey" else self.postgres.pid_file
        return int(note.read_text().splitlines()[0])

    def start_again(self, name: str) -> None:
        """Start the service that ended by itself, on its data."""
        if name == "valkey":
            self.valkey.start()
            self.valkey.wait()
        else:
            self.postgres.start_again()

    def wait_for_owner(self) -> None:
        """Return once the services another process is starting are ready."""
        if not wait_until(self._ready.exists, JOIN_SECONDS):
            raise ServiceError(f"The services of {self.root} are being started by another process, but do not answer.")

    def stop(self) -> None:
        self._ready.unlink(missing_ok=True)
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.sockets, ignore_errors=True)
        if self._lock:
            self._lock.close()
            self._lock = None

    def forget(self) -> None:
        """Remove every trace of a stopped throw-away pair."""
        self.postgres.forget()
        shutil.rmtree(self.root, ignore_errors=True)

    def _own(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        lock = (self.root / "services.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunning(f"The services of {self.root} are already running.") from None
        self._lock = lock
        socket_dir(self.root)
        self._ready.unlink(missing_ok=True)


@contextmanager
def running(root: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of the services of `root`: already given, joined when they run, else started meanwhile."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield {}
        return
    services = Services(root)
    try:
        services.start()
    except AlreadyRunning:
        services.wait_for_owner()
        yield services.environment()
        return
    try:
        yield services.environment()
    finally:
        services.stop()
