"""`./run chaos --journeys 50 --kills 60 --seed 1`: the report, then one line of JSON; 1 when anything is wrong."""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import django

from chaos.mailbox import Mailbox
from chaos.stage import ChaosPlan, Stage
from core.embedded.places import ServiceError
from journeys.ports import free_pair

# On a disk, where /tmp is often memory: what is killed must come back from something real.
ON_DISK = Path("/var/tmp")  # noqa: S108
MOST_SHOWN = 10


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run chaos")
    parser.add_argument("--journeys", type=int, default=50)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="the same moments and victims again")  # noqa: S311
    parser.add_argument("--keep", action="store_true", help="leave the data and the logs where they are")
    options = parser.parse_args(arguments)
    root = Path(tempfile.mkdtemp(prefix="skilmi-chaos-", dir=ON_DISK if ON_DISK.is_dir() else None))
    print(f"seed {options.seed}, data in {root}", flush=True)
    mailbox = Mailbox()
    stage = Stage(ChaosPlan(root, free_pair(), journeys=options.journeys), mailbox.port)
    try:
        stage.start()
        outcome = _start_django(stage)(
            stage, mailbox, kills=options.kills, seed=options.seed, say=lambda words: print(words, flush=True)
        )
        _report(outcome, options.seed)
    finally:
        stage.stop()
        mailbox.close()
    if outcome.is_clean and not options.keep:
        stage.services.postgres.forget()
        shutil.rmtree(root, ignore_errors=True)
    return 0 if outcome.is_clean else 1


def _start_django(stage: Stage) -> Callable[..., Any]:
    """Models need the settings, and the settings need the services of this run."""
    os.environ.update(stage.environment())
    os.environ["LOG_LEVEL"] = "WARNING"
    django.setup()
    return cast(Callable[..., Any], import_module("chaos.play").play)


def _report(outcome: Any, seed: int) -> None:
    for name, rows in outcome.wrong.items():
        print(f"{'WRONG' if rows else 'ok   '} {len(rows) or 'no'} {name}")
        for row in rows[:MOST_SHOWN]:
            print(f"      {row}")
    figures = import_module("chaos.report").figures(outcome, seed)
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as error:
        sys.exit(str(error))
