"""One web process of the product, or of the floor, started as the demo starts it."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.embedded.parts import HOST
from core.embedded.places import PROJECT

READY_SECONDS = 60
OPTIONS = ["--lifespan", "off", "--ws", "websockets-sansio", "--ws-max-size", "65536", "--log-level", "error"]
FILES = 20_000


class Web:
    def __init__(self, application: str) -> None:
        self._command = [sys.executable, "-m", "uvicorn", application, "--host", HOST, *OPTIONS]
        with closing(socket.socket()) as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ws://{HOST}:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen([*self._command, "--port", str(self.port)], cwd=PROJECT, env=os.environ)  # noqa: S603
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with closing(socket.socket()) as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("the web process does not listen")

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
        if self._process is None:
            return 0.0
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(application: str) -> Iterator[Web]:
    """Two sockets a room on both sides need more open files than a shell usually gives."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), most))
    web = Web(application)
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
