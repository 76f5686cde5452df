"""`python -m core.embedded demo` runs the whole demo; `… manage <command>` runs one command on its services."""

import argparse
import os
import signal
import subprocess
import sys

from core.embedded.parts import MANAGE, Plan
from core.embedded.places import ServiceError, data_dir
from core.embedded.services import Services, running
from core.embedded.supervisor import Supervisor

DEFAULT_PORT = "8000"


def plan(*, optimized: bool = False) -> Plan:
    return Plan(data_dir(), int(os.environ.get("PORT") or DEFAULT_PORT), optimized)


def demo(*, optimized: bool, restart: bool) -> int:
    given = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    wanted = plan(optimized=optimized)
    return Supervisor(wanted, None if given else Services(wanted.root), restart=restart).run()


def manage(arguments: list[str]) -> int:
    wanted = plan()
    with running(wanted.root) as services:
        # Ctrl-C reaches the command, which is in our process group; we wait for its end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        environment = wanted.environment(services)
        # A command may be meant for other settings than the demo's.
        environment |= {k: v for k, v in os.environ.items() if k == "DJANGO_SETTINGS_MODULE"}
        command = [*MANAGE, *arguments]
        return subprocess.run(
            command, env=environment, check=False, restore_signals=True, preexec_fn=_hear_ctrl_c
        ).returncode


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["manage"]:
        return manage(arguments[1:])
    parser = argparse.ArgumentParser(prog="./run")
    parser.add_argument("command", choices=["demo", "manage"])
    parser.add_argument("--optimized", action="store_true", help="as on real servers: hashed, compressed files")
    parser.add_argument("--restart", action="store_true", help="start a part that ended again instead of stopping")
    options = parser.parse_args(arguments)
    return demo(optimized=options.optimized, restart=options.restart)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as error:
        sys.exit(str(error))
