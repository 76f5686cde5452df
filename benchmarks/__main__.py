"""`./run bench` and a name of `NAMES`, `all` or `table`: each but the last ends with one line of JSON."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

from benchmarks import history, results
from benchmarks.results import Result
from benchmarks.surroundings import throw_away
from core.embedded.places import ServiceError

NAMES = ("pages", "ledger", "invoices", "room", "booking", "load")


def measure(name: str, *, quick: bool, client_count: int) -> Result:
    """Each has a server of its own: what one leaves behind does not weigh on the next."""
    with throw_away() as services:
        # Only now: models need the settings, and the settings need the services.
        run = cast(Callable[..., Result], import_module(f"benchmarks.{name}").run)
        return run(services, quick=quick, client_count=client_count)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("name", choices=[*NAMES, "all", "table"])
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it works: the figures mean nothing")
    parser.add_argument("--clients", type=int, default=1, help="processes on each side of `ledger` (default: 1)")
    parser.add_argument("--keep", action="store_true", help="add the figures to benchmarks/history.jsonl")
    parser.add_argument("--history", type=Path, default=history.FILE, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.name == "table":
        print(history.table(history.lines(options.history)))
        return 0
    if options.name == "all":
        return max([_apart(name, arguments) for name in NAMES])
    result = measure(options.name, quick=options.quick, client_count=options.clients)
    before = history.newest(history.lines(options.history)).get(options.name)
    if options.keep:
        history.keep(result, options.history)
    print(*history.changes(result.row, before), sep="\n", end="\n" if before else "")
    results.show(result)
    return 0


def _apart(name: str, arguments: list[str]) -> int:
    """In a process of its own: Django reads its settings once."""
    others = [argument for argument in arguments if argument != "all"]
    return subprocess.run([sys.executable, "-m", "benchmarks", name, *others], check=False).returncode  # noqa: S603


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as error:
        sys.exit(str(error))
