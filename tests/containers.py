"""The containers of docker-compose.yml as processes of this machine: their commands, the settings of real servers."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import yaml

from core.embedded.parts import HOST
from core.embedded.places import PROJECT
from tests.browser.stack import database_url, free_port_pair
from tests.core.test_production import GIVEN, IN_FILES

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf8"))["services"]
# What says so itself; nobody listens there.
NO_NETWORK = {"HTTPS_PROXY": f"http://{HOST}:9", "HTTP_PROXY": f"http://{HOST}:9"}


@dataclass(frozen=True)
class Machine:
    """One that runs containers, and what they find in their environment."""

    folder: Path
    database: str
    port: int

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": database_url(self.database),
            "REDIS_URL": os.environ["REDIS_URL"],
            "STATIC_ROOT": str(self.folder / "static"),
            "PORT": str(self.port),
        }
        return GIVEN | IN_FILES | NO_NETWORK | own

    def command(self, service: str) -> list[str]:
        return image_command(self.port) if service == "web" else composed(service, self.folder)

    @contextmanager
    def running(self, service: str, **given: str) -> Iterator["subprocess.Popen[bytes]"]:
        with (self.folder / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(service), cwd=PROJECT, env=self.environment | given, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def is_well(self, service: str) -> bool:
        """What the check of its container says."""
        check = [sys.executable, "-m", "core.health", service]
        return subprocess.run(check, cwd=PROJECT, env=self.environment, check=False).returncode == 0

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, env=self.environment, check=True)

    def get(self, path: str, host: str = "skilmi.example", scheme: str = "https") -> tuple[int, str]:
        """Status and text, as through the proxy, which says how the visitor came; 0 from a closed door."""
        door = HTTPConnection(HOST, self.port, timeout=30)
        try:
            door.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": scheme})
            answer = door.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except OSError:
            return 0, ""
        finally:
            door.close()


def new_machine(folder: Path, database: str) -> Machine:
    return Machine(folder, database, free_port_pair())


def image_command(port: int) -> list[str]:
    """What the container of the web process runs, at another address."""
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf8")
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    elsewhere = {"0.0.0.0": HOST, "8000": str(port)}  # noqa: S104
    return [elsewhere.get(word, word) for word in json.loads(command)]


def composed(service: str, folder: Path) -> list[str]:
    """What docker-compose.yml says; two dollars there are one in the container."""
    return shlex.split(SERVICES[service]["command"].replace("$$", "$").replace("/tmp/", f"{folder}/"))  # noqa: S108
