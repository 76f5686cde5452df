"""Ending processes: our own children, and those an earlier supervisor left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

POLL_SECONDS = 0.02


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    """Poll `ready` until it is true; False when the time is up."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def command_line(pid: int) -> str:
    """The command of a living process, or an empty string."""
    proc = Path("/proc/self/cmdline")
    if proc.exists():
        try:
            words = (proc.parent.parent / str(pid) / proc.name).read_bytes().split(b"\0")
        except OSError:
            return ""
        return b" ".join(words).decode(errors="replace")
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def end_stray(pid: int, mark: str, signals: Iterable[int], *, patience: float = 10) -> None:
    """End the process `pid` if its command line holds `mark`: an earlier run's, not another's with that number."""
    for number in (*signals, signal.SIGKILL):
        if mark not in command_line(pid):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: mark not in command_line(pid), patience):
            return


def end_child(process: subprocess.Popen[bytes], number: int, *, patience: float = 10) -> None:
    """Signal our child, wait, and kill it when it does not listen."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def last_lines(path: Path, count: int = 20) -> str:
    """The end of a log, for the message that explains a failure."""
    try:
        lines = path.read_text(encoding="utf8", errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(lines[-count:]) or "(the log is empty)"
