"""The processes of the demo and how each is started."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from core.embedded.places import PROJECT

PYTHON = [sys.executable]
MANAGE = [sys.executable, str(PROJECT / "manage.py")]
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Part:
    name: str
    command: list[str]


@dataclass(frozen=True)
class Plan:
    """What one demo runs, where."""

    root: Path
    port: int
    optimized: bool = False

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def sandbox_port(self) -> int:
        return self.port + 1

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def pids(self) -> Path:
        return self.root / "pids"

    def pid_file(self, name: str) -> Path:
        """Where the number of that part's process is written each time it starts."""
        return self.pids / name

    def environment(self, services: dict[str, str]) -> dict[str, str]:
        """What every process of the demo finds in its environment."""
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        own = {
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "DATA_DIR": str(self.root),
            "BASE_URL": self.url,
            "STRIPE_SANDBOX_URL": f"http://localhost:{self.sandbox_port}",
            "OPTIMIZED": "1" if self.optimized else "0",
            "PYTHONUNBUFFERED": "1",
        }
        return inherited | services | own

    def sandbox(self) -> Part:
        journal = self.root / "stripe.jsonl"
        options = ["--port", str(self.sandbox_port), "--journal", str(journal)]
        options += ["--site-url", f"{self.url}/demo/"]
        options += ["--webhook-url", f"{self.url}/stripe/webhook/"]
        options += ["--webhook-url-v2", f"{self.url}/stripe/webhook/v2/"]
        return Part("stripe-sandbox", [*PYTHON, "-m", "stripe_sandbox", *options])

    def preparation(self) -> Part:
        return Part("prepare", [*MANAGE, "prepare_demo", *(["--optimized"] if self.optimized else [])])

    def web(self) -> Part:
        options = ["--host", HOST, "--port", str(self.port), "--lifespan", "off", "--timeout-graceful-shutdown", "10"]
        options += ["--ws", "websockets-sansio", "--ws-max-size", "65536"]
        options += ["--ws-ping-interval", "20", "--ws-ping-timeout", "20"]
        return Part("web", [*PYTHON, "-m", "uvicorn", "config.asgi:application", *options])

    def background(self) -> list[Part]:
        celery = [*PYTHON, "-m", "celery", "-A", "config.celery"]
        worker = ["worker", "--pool", "threads", "-c", "4", "-l", "info", "--without-gossip", "--without-mingle"]
        schedule = str(self.root / "beat-schedule")
        return [
            Part("worker", [*celery, *worker]),
            Part("beat", [*celery, "beat", "-l", "info", "-s", schedule, "--pidfile="]),
            Part("room-sweeper", [*MANAGE, "room_sweeper"]),
        ]
