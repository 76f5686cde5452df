"""Processor seconds: of this process, of the programs it ran, of the database with all its processes."""

import os
from pathlib import Path

from core.embedded.services import Services

PROC = Path("/proc")


def of_programs() -> float:
    """Of every program started here that has ended."""
    times = os.times()
    return times.children_user + times.children_system


def of_process(pid: int) -> float:
    """Its threads included; zero when it is gone, or where the system does not tell."""
    fields = _fields(PROC / str(pid))
    return fields[1] / os.sysconf("SC_CLK_TCK") if fields else 0.0


def of_machine() -> float:
    """Of everything that runs here, and of the system itself."""
    if not PROC.is_dir():
        return 0.0
    user, nice, system, _idle, _waiting, *interrupts = (PROC / "stat").read_text().splitlines()[0].split()[1:8]
    return sum(int(ticks) for ticks in (user, nice, system, *interrupts)) / os.sysconf("SC_CLK_TCK")


def of_database(services: Services) -> float:
    """Of the server and its children, ended ones included; zero where the system does not tell (no /proc)."""
    if not PROC.is_dir():
        return 0.0
    pid = services.pid("postgres")
    ticks = 0
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (fields := _fields(folder)):
            parent, own, ended = fields
            if int(folder.name) == pid:
                ticks += own + ended
            elif parent == pid:
                ticks += own
    return ticks / os.sysconf("SC_CLK_TCK")


def _fields(folder: Path) -> tuple[int, int, int] | None:
    """Parent, own ticks, ticks of ended children. None when the process is gone."""
    try:
        # The name of the program, in brackets, may hold spaces.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    user, system, ended_user, ended_system = (int(field) for field in fields[11:15])
    return int(fields[1]), user + system, ended_user + ended_system
