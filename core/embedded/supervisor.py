"""One command for the whole demo: starts the parts in order, watches them, ends them in reverse order."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from core.embedded.namespaces import before_exec
from core.embedded.parts import HOST, Part, Plan
from core.embedded.places import PROJECT, ServiceError
from core.embedded.processes import POLL_SECONDS, last_lines
from core.embedded.services import Services

WATCH_SECONDS = 0.25
FIRST_PAGE_SECONDS = 60
END_SECONDS = 15
RESTART_PAUSE_SECONDS = 1.0
SERVER_ERROR = 500


class Stopped(Exception):
    """Somebody asked for the end while the demo was still starting."""


class Supervisor:
    def __init__(
        self, plan: Plan, services: Services | None, *, restart: bool = False, out: TextIO = sys.stdout
    ) -> None:
        self.plan = plan
        self._services = services
        self._restart = restart
        self._out = out
        self._environment = plan.environment({})
        self._running: dict[str, tuple[Part, subprocess.Popen[bytes]]] = {}
        self._end = threading.Event()

    def run(self) -> int:
        """Start everything and stay until told to end (0) or until a part fails (1)."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_for_end)
        started = time.monotonic()
        try:
            accounts = self._start()
            self._say(
                f"\nSkilmi is at {self.plan.url}/ ({time.monotonic() - started:.1f} s). Ctrl-C ends it.\n\n{accounts}"
            )
            self._watch()
        except Stopped:
            return 0
        except ServiceError as error:
            self._say(f"\n{error}")
            return 1
        finally:
            self._stop()
        return 0

    def _start(self) -> str:
        """Start the parts; return what the demo world says of its people once the first page answers."""
        for folder in (self.plan.logs, self.plan.pids):
            folder.mkdir(parents=True, exist_ok=True)
        for port in (self.plan.port, self.plan.sandbox_port):
            check_port(port)
        if self._services:
            self._services.start()
            self._environment = self.plan.environment(self._services.environment())
        self._launch(self.plan.sandbox())
        accounts = self._prepare()
        self._launch(self.plan.web())
        self._await_first_page()
        for part in self.plan.background():
            self._launch(part)
        return accounts

    def _log(self, name: str) -> Path:
        return self.plan.logs / f"{name}.log"

    def _say(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def _ask_for_end(self, _number: int, _frame: FrameType | None) -> None:
        self._end.set()

    def _spawn(self, part: Part, *, said: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a part; its words go to its log, or what it prints to the file `said`."""
        with self._log(part.name).open("ab") as log, (said or self._log(part.name)).open("ab") as output:
            process = subprocess.Popen(
                part.command,
                stdout=output,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                cwd=PROJECT,
                start_new_session=True,
                preexec_fn=before_exec(signal.SIGTERM),
            )
        # Whole at every moment: others read it to find the part.
        fresh = self.plan.pid_file(part.name).with_suffix(".new")
        fresh.write_text(str(process.pid))
        fresh.replace(self.plan.pid_file(part.name))
        return process

    def _launch(self, part: Part, *, said: Path | None = None) -> subprocess.Popen[bytes]:
        if self._end.is_set():
            raise Stopped
        self._log(part.name).unlink(missing_ok=True)
        process = self._spawn(part, said=said)
        self._running[part.name] = (part, process)
        return process

    def _prepare(self) -> str:
        """Migrate and make the demo world, in a process of its own; return its words."""
        part = self.plan.preparation()
        said = self.plan.logs / "prepare.out"
        said.unlink(missing_ok=True)
        process = self._launch(part, said=said)
        while process.poll() is None:
            if self._end.wait(POLL_SECONDS):
                raise Stopped
        del self._running[part.name]
        if process.returncode:
            raise ServiceError(self._explain(part.name, process.returncode))
        return said.read_text(encoding="utf8")

    def _await_first_page(self) -> None:
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        while (status := first_page_status(self.plan.port)) is None:
            self._check_parts()
            if self._end.wait(0.05):
                raise Stopped
            if time.monotonic() > deadline:
                raise ServiceError(f"The first page did not answer.\n{last_lines(self._log('web'))}")
        if status >= SERVER_ERROR:
            raise ServiceError(f"The first page answers {status}.\n{last_lines(self._log('web'), 40)}")

    def _watch(self) -> None:
        while not self._end.wait(WATCH_SECONDS):
            self._check_parts()

    def _check_parts(self) -> None:
        if self._services and (name := self._services.poll()):
            if not self._restart:
                raise ServiceError(self._explain(name, None))
            self._say(f"{name} ended; it starts again.")
            self._services.start_again(name)
        for name, (part, process) in list(self._running.items()):
            code = process.poll()
            if code is None:
                continue
            if not self._restart:
                raise ServiceError(self._explain(name, code))
            self._say(f"{name} ended ({code}); it starts again.")
            # One that fails at its start again and again keeps no processor busy.
            self._end.wait(RESTART_PAUSE_SECONDS)
            self._running[name] = (part, self._spawn(part))

    def _explain(self, name: str, code: int | None) -> str:
        log = self._log(name)
        return f"{name} ended by itself ({code}). Last lines of {log}:\n{last_lines(log)}"

    def _stop(self) -> None:
        for _, process in reversed(self._running.values()):
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + END_SECONDS
        for part, process in reversed(self._running.values()):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{part.name} did not end in {END_SECONDS} s and was killed.")
                process.kill()
                process.wait()
        if self._services:
            self._services.stop()
        self._say("Everything has stopped.")


def check_port(port: int) -> None:
    """Refuse early, in words, a port somebody else listens on."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise ServiceError(
                f"Port {port} is taken. The demo needs two neighbouring ports: try PORT={port + 10} ./run demo"
            ) from None


def first_page_status(port: int) -> int | None:
    """The status of `/`, or None while nothing answers."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        try:
            connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
