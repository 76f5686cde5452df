"""One web process of the product, or of the floor, started as the demo starts it."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from benchmarks import processor
from core.embedded.parts import HOST
from core.embedded.places import PROJECT

READY_SECONDS = 60
OPTIONS = ["--lifespan", "off", "--ws", "websockets-sansio", "--ws-max-size", "65536", "--log-level", "error"]
FILES = 20_000


class Program:
    """What it says goes where we say ours, or to `log`."""

    def __init__(self, command: Sequence[str], log: Path | None = None) -> None:
        self._command = command
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") if self._log else nullcontext() as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command, cwd=PROJECT, env=os.environ, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """As the kernel would, without a word."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def kib(self) -> int:
        """Resident memory."""
        if self._process is None:
            return 0
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])

    def cpu_seconds(self) -> float:
        return processor.of_process(self._process.pid) if self._process else 0.0


class Server(Program):
    """Started once it listens."""

    def __init__(self, command: Sequence[str], port: int, log: Path | None = None) -> None:
        super().__init__(command, log)
        self.port = port

    @property
    def url(self) -> str:
        return f"ws://{HOST}:{self.port}"

    def start(self) -> None:
        super().start()
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with closing(socket.socket()) as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"nothing listens on {self.port}")


class Web(Server):
    def __init__(self, application: str, log: Path | None = None, port: int | None = None) -> None:
        port = port or _any_port()
        command = [sys.executable, "-m", "uvicorn", application, "--host", HOST, *OPTIONS, "--port", str(port)]
        super().__init__(command, port, log)


def _any_port() -> int:
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(application: str, log: Path | None = None) -> Iterator[Web]:
    """Two sockets a room on both sides need more open files than a shell usually gives."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), most))
    web = Web(application, log)
    try:
        web.start()
        yield web
    finally:
        web.kill()


@contextmanager
def sweeping() -> Iterator[None]:
    sweeper = subprocess.Popen([sys.executable, "manage.py", "room_sweeper"], cwd=PROJECT, env=os.environ)
    try:
        yield
    finally:
        sweeper.terminate()
        sweeper.wait()
