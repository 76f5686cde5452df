"""docker-compose.yml: every part has time to stop, says whether it is well, and runs as the demo's parts do."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.db import connection, transaction

from core.embedded.parts import Plan
from core.health.signs import PARTS
from tests.architecture.sources import PROJECT
from tests.browser.stack import database_url
from tests.containers import SERVICES, composed
from tests.databases import cloned_database

__all__ = ["cloned_database"]

WEB_ALONE = yaml.safe_load((PROJECT / "deploy" / "web-machine.yml").read_text("utf8"))["services"]["web"]
OURS = {"migrate", "web", *PARTS}
# The program, and where it keeps its notes.
WHERE = re.compile(r"^(sh|-c|exec|python|celery|\S*/python|-m|-s|\S*beat-schedule|\S*manage\.py)$")


def options(command: list[str]) -> list[str]:
    """What a part is told, without the program it is told to."""
    return [word for word in command if not WHERE.match(word)]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_its_time_to_stop(name: str) -> None:
    assert re.fullmatch(r"\d+[sm]", SERVICES[name]["stop_grace_period"])


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate"}))
def test_every_service_comes_back_by_itself(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate", "web", "proxy"}))
def test_every_service_says_whether_it_is_well(name: str) -> None:
    """`web` says it in its image, `migrate` ends, and of the proxy its visitors speak."""
    check = SERVICES[name]["healthcheck"]["test"]
    assert check[0] in {"CMD", "CMD-SHELL"}
    if name in PARTS:
        assert check == ["CMD", "python", "-m", "core.health", name]


def test_our_parts_run_one_image_and_nobody_starts_before_the_tables_are_ready() -> None:
    assert {name for name, service in SERVICES.items() if service["image"].startswith("${IMAGE")} == OURS
    for name in OURS - {"migrate"}:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert WEB_ALONE["stop_grace_period"] == SERVICES["web"]["stop_grace_period"]


def test_the_parts_are_told_what_the_demo_tells_them(tmp_path: Path) -> None:
    demo = {part.name.removeprefix("room-"): part.command for part in Plan(tmp_path, 8000).background()}
    for name in PARTS:
        said = composed(name, tmp_path)
        words = shlex.split(said[-1]) if said[0] == "sh" else said
        assert [word for word in options(words) if "WORKER_THREADS" not in word] == [
            word for word in options(demo[name]) if word != "4"
        ]


def test_the_handbook_knows_every_service() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf8")
    assert set(re.findall(r"^\| `([a-z]+)` ?[(|]", text, re.MULTILINE)) == set(SERVICES)


def test_a_migration_gives_up_a_lock_rather_than_stop_everybody(cloned_database: str, tmp_path: Path) -> None:
    """With what the `migrate` service is given. Whoever waits for a lock makes all who come after him wait too."""
    given = SERVICES["migrate"]["environment"]["PGOPTIONS"]
    environment = os.environ | {"DATABASE_URL": database_url(cloned_database), "PGOPTIONS": given}
    command = [sys.executable, "manage.py", "migrate", "reviews", "0002"]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE reviews_review IN ROW SHARE MODE")
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
    assert done.returncode != 0
    assert "lock timeout" in done.stderr
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'reviews' AND name = '0003_moderation'")
        assert cursor.fetchone() == (1,), "nothing was changed"
