"""The whole product as processes, on a database of its own: what `./run demo` starts, without its invented people."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from core.embedded.parts import HOST, MANAGE, Plan
from core.embedded.places import PROJECT

READY_SECONDS = 60
END_SECONDS = 15


class Stack:
    """Web, worker, room sweeper and the stand-in for Stripe, on free ports.

    Without beat: a test asks for the sweeps itself, through the demo's clock.
    """

    def __init__(self, root: Path, database: str, **environment: str) -> None:
        self.plan = Plan(root=root, port=free_port_pair())
        self._environment = self.plan.environment({}) | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(database),
            "CLOCK_OFFSET_FILE": os.environ["CLOCK_OFFSET_FILE"],
            "STRIPE_HTTP_CLIENT": "",
            **environment,
        }
        parts = (self.plan.sandbox(), self.plan.web(), *self.plan.background())
        self._commands = {part.name: part.command for part in parts}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return self.plan.url

    def start(self, *preparation: str) -> None:
        """`preparation`: a command of Django's done before anything looks at the rows, as `./run demo` does."""
        self.plan.logs.mkdir(parents=True, exist_ok=True)
        self.launch("stripe-sandbox")
        if preparation:
            self._wait_for_port(self.plan.sandbox_port)
            self._manage(*preparation)
        for name in ("web", "worker", "room-sweeper"):
            self.launch(name)
        self.wait_until_ready()

    def launch(self, name: str) -> None:
        with (self.plan.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name], cwd=PROJECT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """As the kernel would, without a word."""
        self._running[name].kill()
        self._running.pop(name).wait()

    def end(self, name: str) -> None:
        """As a container is told to."""
        self._running[name].terminate()
        self._running.pop(name).wait(END_SECONDS)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/aide/", timeout=10):  # noqa: S310
                    return
            except OSError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no page at {self.url}\n{self.log('web')[-4000:]}") from None
                time.sleep(0.1)

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(
            [*MANAGE, *arguments], cwd=PROJECT, env=self._environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def _wait_for_port(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                socket.create_connection((HOST, port), timeout=1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"nobody listens at {port}") from None
                time.sleep(0.1)
            else:
                return

    def log(self, name: str) -> str:
        return (self.plan.logs / f"{name}.log").read_text(encoding="utf8", errors="replace")

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running_stack(root: Path, database: str, *preparation: str, **environment: str) -> Iterator[Stack]:
    """`environment`: what this stack finds other than usual, as services of its own."""
    stack = Stack(root, database, **environment)
    try:
        stack.start(*preparation)
        yield stack
    finally:
        stack.stop()


def database_url(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def free_port_pair() -> int:
    """The first of two free neighbouring ports."""
    while True:
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
