"""The image of real servers: what `.dockerignore` leaves in is enough, and nothing of this machine is in it."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from core.embedded.places import PROJECT
from tests.core.test_production import GIVEN, IN_FILES

# What the image has not, although this machine has it.
LEFT_OUT = ("demo", "stripe_sandbox", "tests", "benchmarks", "chaos", "journeys", "pytest", "playwright", "hypothesis")
START = f"""
import sys
for name in {LEFT_OUT!r}:
    sys.modules[name] = None
"""
EVERY_PART = """
import config.asgi
from config.celery import app
app.loader.import_default_modules()
from django.core.management import call_command, get_commands, load_command_class
from django.urls import get_resolver
get_resolver().url_patterns
load_command_class("sessions_video", "room_sweeper")
call_command("check", "--deploy", "--fail-level", "INFO")
print(len(app.tasks), "jobs")
"""
COLLECT = """
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "collectstatic", "--no-input", "--verbosity", "0"])
"""


def patterns() -> list[str]:
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_left_out(path: Path) -> bool:
    """As Docker reads the file: a pattern without stars names a path from the root; `**/` is any folder."""
    for pattern in patterns():
        if pattern.startswith("**/"):
            if fnmatch(path.name, pattern.removeprefix("**/")):
                return True
        elif path.parent == Path(pattern).parent and fnmatch(path.name, Path(pattern).name):
            return True
    return False


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `COPY . .` copies."""
    folder = tmp_path_factory.mktemp("image") / "skilmi"

    def left_out(where: str, names: list[str]) -> set[str]:
        relative = Path(where).relative_to(PROJECT)
        return {name for name in names if is_left_out(relative / name)}

    shutil.copytree(PROJECT, folder, ignore=left_out)
    return folder


def run(image: Path, code: str, **given: str) -> str:
    environment = GIVEN | IN_FILES | {"PATH": os.environ["PATH"], "DATA_DIR": str(image.parent / "data")} | given
    command = [sys.executable, "-c", START + code]
    done = subprocess.run(command, cwd=image, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_of_this_machine_is_in_it(image: Path) -> None:
    at_root = {path.name for path in image.iterdir()}
    assert (
        at_root & {".env", ".git", ".venv", "var", "media", "tests", "demo", "stripe_sandbox", "docs", "run"} == set()
    )
    assert {"manage.py", "requirements.txt", "config", "core", "locale", "static", "templates"} <= at_root
    assert not list(image.rglob("__pycache__"))


def test_every_part_starts_from_what_is_in_it(image: Path) -> None:
    assert re.search(r"^\d\d+ jobs$", run(image, EVERY_PART), re.MULTILINE)


def test_its_static_files_are_collected_under_names_that_change(image: Path) -> None:
    folder = image.parent / "static"
    run(image, COLLECT, STATIC_ROOT=str(folder))
    assert (folder / "staticfiles.json").exists()
    assert list(folder.glob("js/main.*.js")) or list(folder.rglob("*.*.js"))


def test_the_python_of_the_image_is_the_one_of_the_checks() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf8")
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"python:3.11-slim-bookworm"}
    assert "--require-hashes -r requirements.txt" in dockerfile
    assert dockerfile.rindex("USER skilmi") > dockerfile.rindex("RUN")
