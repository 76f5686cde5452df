"""Every command that README, CONTRIBUTING and docs/ print is run here, is run by a test named here, or says why not."""

import os
import re
import shlex
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from core.embedded.places import PROJECT
from tests.core.test_supervisor import free_port

PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
ASSIGNMENT = re.compile(r"\w+=(\"[^\"]*\"|\S*)")
OURS = re.compile(r"(?:\w+=\S+ )*\./run .+")
FOREIGN = ("docker ", "git ", "cp ", "old=", "caddy ", "npx ")
# What a reader replaces by words of his own.
PLACEHOLDERS = {"…", "<name>", "<command>"}

# Not run here: by what, or why not at all.
ELSEWHERE = {
    r"./run test": ".ci/run",
    r"./run lint": ".ci/run",
    r"./run bench (pages|booking|load|ledger|invoices|room|all)( --keep)?": "tests/benchmarks/test_benchmarks.py",
    r"./run chaos( --\w+ \d+| --keep)*": "tests/chaos",
    r"./run manage (backup|restore) \S+( --keep \d+)?": "tests/core/test_backups.py",
}
NETWORK = {"./run audit", "./run lock"}


@cache
def printed() -> dict[str, list[str]]:
    """Each command without its comment, and the pages it stands on."""
    found: dict[str, list[str]] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf8")
        lines = [line for block in FENCE.findall(text) for line in block.splitlines()]
        lines += [words for words in INLINE.findall(text) if OURS.fullmatch(words)]
        for line in lines:
            command = re.split(r"\s+#\s", line)[0].strip()
            if command:
                found.setdefault(command, []).append(page.name)
    return found


def ours() -> Iterator[str]:
    return (command for command in printed() if OURS.fullmatch(command) and not PLACEHOLDERS & set(command.split()))


def bare(command: str) -> str:
    return ASSIGNMENT.sub("", command).strip()


def is_elsewhere(command: str) -> bool:
    return bare(command) in NETWORK or any(re.fullmatch(known, bare(command)) for known in ELSEWHERE)


def called(command: str, folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """As a reader calls it, on data of its own."""
    return subprocess.run(
        shlex.split(command), cwd=PROJECT, env=environment(folder, **more), capture_output=True, text=True, check=False
    )


def environment(folder: Path, **more: str) -> dict[str, str]:
    without = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "CLOCK_OFFSET_FILE", "TEST_PROCESS"}
    kept = {name: value for name, value in os.environ.items() if name not in without and "PYTEST" not in name}
    return kept | {"DATA_DIR": str(folder)} | more


def test_every_printed_command_is_known() -> None:
    """A new one is run below, or gets a line above."""
    run_here = {*DEMOS, *QUICK}
    unknown = {
        command: pages
        for command, pages in printed().items()
        if not (is_elsewhere(command) or command.startswith(FOREIGN) or ASSIGNMENT.sub("", command).strip() == "")
        and not (PLACEHOLDERS & set(command.split()))
        and bare(command) not in run_here
    }
    assert unknown == {}


@pytest.mark.parametrize("where", [place for place in ELSEWHERE.values() if place != "tests/chaos"])
def test_what_is_run_elsewhere_is_there(where: str) -> None:
    assert (PROJECT / where).exists()


DEMOS = ["./run demo", "./run demo --optimized", "./run demo --restart"]
# The command as printed, and as it is run here: smaller, or only looking.
QUICK = {
    "./run": "./run help",
    "./run test tests/bookings -k cancel": "./run test tests/bookings -k cancel --collect-only -q",
    "./run manage seed --mentors 100000": "./run manage seed --mentors 20",
    "./run manage collect_messages": "./run manage collect_messages --check",
    "./run requirements": "./run requirements",
    "./run bench table": "./run bench table",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's data, as it is after the first of the commands."""
    made: Path = tmp_path_factory.mktemp("demo")
    show_first_page("./run demo", made)
    return made


def show_first_page(command: str, folder: Path, **more: str) -> str:
    """Start it as a reader does, open the address it prints, end it with Ctrl-C."""
    port = free_port()
    demo = subprocess.Popen(
        shlex.split(command),
        cwd=PROJECT,
        env=environment(folder, PORT=str(port), **more),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert demo.stdout is not None
        said = ""
        while f"http://localhost:{port}/" not in said:
            line = demo.stdout.readline()
            assert line, f"{command} ended: {said}"
            said += line
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=60) as answer:
            page = answer.read().decode()
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        rest, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, said + rest
    return str(page)


def test_the_demo_shows_its_first_page(folder: Path) -> None:
    for command in [each for each in ours() if bare(each) in DEMOS]:
        chosen = {"DEBUG": "1"} if "DEBUG=1" in command else {}
        assert "Skilmi" in show_first_page(bare(command), folder, **chosen), command


@pytest.mark.parametrize("command", QUICK)
def test_a_command_does_what_it_says(command: str, folder: Path) -> None:
    ended = called(QUICK[command], folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_docker_commands_name_services_that_exist() -> None:
    files = [PROJECT / "docker-compose.yml", PROJECT / "deploy" / "web-machine.yml"]
    services = {name for file in files for name in yaml.safe_load(file.read_text("utf8"))["services"]}
    named = re.compile(r"docker compose (?:up|run|exec|stop|restart|logs|ps)\b([^&|;)]*)")
    options_with_value = {"--volume", "--tail", "--scale", "--env-file", "-f"}
    for command in printed():
        for words in named.findall(command):
            rest = iter(shlex.split(words.split("$(")[0]))
            for word in rest:
                if word in options_with_value:
                    next(rest)
                elif not word.startswith("-"):
                    assert word in services, command
                    # After the service comes what is run inside it.
                    if re.search(r"compose (run|exec)", command):
                        break
