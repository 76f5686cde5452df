"""The style sheets lie in many files and leave real servers as one."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.management import call_command

from core.statics import SHEET, OneSheetStorage

CSS = Path(settings.BASE_DIR) / "static" / "css"


def imported() -> list[str]:
    return re.findall(r'@import "([^"]+)"', (CSS / "site.css").read_text())


def linked() -> set[str]:
    """By the templates of the pages that need it."""
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    return {name for file in templates for name in re.findall(r'static "css/([^"]+)"', file.read_text())}


@pytest.fixture
def collected(settings: LazySettings, tmp_path: Path) -> OneSheetStorage:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "core.statics.OneSheetStorage"}}
    for _ in ("first", "again"):
        call_command("collectstatic", "--no-input", verbosity=0)
    return OneSheetStorage(location=str(tmp_path))


def test_each_style_sheet_is_reached_in_one_way() -> None:
    there = sorted(str(file.relative_to(CSS)) for file in CSS.rglob("*.css"))
    assert sorted([*imported(), *linked()]) == there


def test_no_style_sheet_points_to_a_file_beside_it() -> None:
    """Its address would be another one in the joined sheet."""
    assert [file.name for file in CSS.rglob("*.css") if "url(" in file.read_text()] == []


def test_the_collected_sheet_holds_every_other_in_their_order(collected: OneSheetStorage) -> None:
    name = collected.stored_name(SHEET)
    assert re.fullmatch(r"css/site\.[0-9a-f]{12}\.css", name)
    text = Path(collected.path(name)).read_text()
    assert "@import" not in text
    places = [text.index((CSS / path).read_text()) for path in imported()]
    assert places == sorted(places)
    assert Path(collected.path(f"{name}.gz")).exists()
