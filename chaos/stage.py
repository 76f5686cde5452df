"""The demo's own parts under its own supervisor, with --restart, on throw-away data and other people."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from core.embedded.namespaces import before_exec
from core.embedded.parts import PYTHON, Part, Plan
from core.embedded.places import PROJECT, ServiceError
from core.embedded.processes import last_lines
from core.embedded.services import Services
from core.embedded.supervisor import Supervisor

START_SECONDS = 600
SERVICES = ("postgres", "valkey")
PARTS = ("web", "worker", "beat", "room-sweeper")
READY = "Ctrl-C ends it"


@dataclass(frozen=True)
class ChaosPlan(Plan):
    journeys: int = 0

    @property
    def cast(self) -> Path:
        return self.root / "cast.json"

    def preparation(self) -> Part:
        return Part("prepare", [*PYTHON, "-m", "journeys", str(self.journeys), str(self.cast)])

    def environment(self, services: dict[str, str]) -> dict[str, str]:
        return super().environment(services) | {"DJANGO_SETTINGS_MODULE": "chaos.settings"}


class Stage:
    """Where the play takes place. The supervisor is a process of its own, as it is in `./run demo --restart`."""

    def __init__(self, plan: ChaosPlan, mail_port: int) -> None:
        self.plan = plan
        self.services = Services(plan.root)
        self.log = plan.root / "supervisor.log"
        self._mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mail_port)}
        self._process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        return self.plan.environment(self.services.environment())

    def start(self) -> None:
        command = [sys.executable, "-m", "chaos.stage", str(self.plan.root), str(self.plan.port)]
        environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}} | self._mail
        with self.log.open("wb") as log:
            # It ends with us, whatever ends us.
            self._process = subprocess.Popen(  # noqa: S603
                [*command, str(self.plan.journeys)],
                cwd=PROJECT,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=before_exec(signal.SIGINT),  # noqa: PLW1509
            )
        deadline = time.monotonic() + START_SECONDS
        while READY not in self.log.read_text(encoding="utf8"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"The stage does not stand:\n{last_lines(self.log, 60)}")
            time.sleep(0.2)

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)

    def seats(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.plan.cast.read_text(encoding="utf8"))
        return found

    def kill(self, name: str) -> bool:
        """As the kernel would, without a word. False when that one is not there at this moment."""
        try:
            pid = self.services.pid(name) if name in SERVICES else int(self.plan.pid_file(name).read_text())
            os.kill(pid, signal.SIGKILL)
        except (OSError, ValueError, IndexError):
            return False
        return True

    def comebacks(self) -> int:
        """How often the supervisor brought something back."""
        return self.log.read_text(encoding="utf8").count("it starts again")


if __name__ == "__main__":
    root, port, journeys = sys.argv[1:]
    plan = ChaosPlan(Path(root), int(port), journeys=int(journeys))
    sys.exit(Supervisor(plan, Services(plan.root), restart=True).run())
