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

from core.embedded.parts import MANAGE, Plan
from core.embedded.places import PROJECT

# Without beat: a test asks for a sweep itself, through the demo's clock.
PARTS = ("stripe-sandbox", "web", "worker", "room-sweeper")
READY_SECONDS = 60
END_SECONDS = 15


class Stack:
    """Web, worker, room sweeper and the stand-in for Stripe, on free ports."""

    def __init__(self, root: Path, database: str) -> None:
        self.plan = Plan(root=root, port=free_port_pair())
        self._environment = self.plan.environment({}) | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(database),
            "CLOCK_OFFSET_FILE": os.environ["CLOCK_OFFSET_FILE"],
            "STRIPE_HTTP_CLIENT": "",
        }
        parts = (self.plan.sandbox(), self.plan.web(), *self.plan.background())
        self._commands = {part.name: part.command for part in parts}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return self.plan.url

    def start(self) -> None:
        self.plan.logs.mkdir(parents=True, exist_ok=True)
        for name in PARTS:
            self.launch(name)
        self.wait_until_ready()

    def launch(self, name: str) -> None:
        with (self.plan.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name], cwd=PROJECT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def manage(self, *arguments: str) -> None:
        """One of Django's commands, in the environment of the parts."""
        subprocess.run([*MANAGE, *arguments], cwd=PROJECT, env=self._environment, check=True, capture_output=True)

    def kill(self, name: str) -> None:
        """As the kernel would, without a word."""
        self._running[name].kill()
        self._running.pop(name).wait()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/aide/", timeout=10):  # noqa: S310
                    return
            except OSError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no page at {self.url}\n{self.log('web')}") from None
                time.sleep(0.1)

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
def running_stack(root: Path, database: str) -> Iterator[Stack]:
    stack = Stack(root, database)
    try:
        stack.start()
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
