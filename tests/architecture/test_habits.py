"""Refusals of the house that a machine can see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PROJECT, called_name, functions, modules

LONGEST_MODULE = 450
LONGEST_FUNCTION = 50
LONGEST_TEMPLATE = 150
MEDIAN_FUNCTION = 10
# Mail programs understand no style sheet; paper has its own.
OTHER_MEDIA = {"emails", "email", "pdf"}
INLINE = re.compile(r"""\sstyle=["']|<style\b|<script(?![^>]*\ssrc=)(?![^>]*type="application/)|\son[a-z]+=["']""")


def templates() -> list[Path]:
    found = [path for folder in PROJECT.glob("**/templates") for path in folder.rglob("*.html")]
    return sorted(path for path in found if not {".venv", "var"} & set(path.relative_to(PROJECT).parts))


def lengths() -> dict[str, int]:
    return {
        f"{path}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path, tree in modules().items()
        for function in functions(tree)
    }


def float_lines(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno
        if isinstance(node, ast.Call) and called_name(node) == "float":
            yield node.lineno


def test_modules_stay_small() -> None:
    sizes = {str(path): len((PROJECT / path).read_text(encoding="utf8").splitlines()) for path in modules()}
    assert {path: size for path, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_functions_stay_small() -> None:
    sizes = lengths()
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}
    assert sorted(sizes.values())[len(sizes) // 2] < MEDIAN_FUNCTION


def test_nothing_is_called_utils() -> None:
    assert [path for path in modules() if path.stem in {"utils", "helpers", "misc"}] == []


def test_no_rule_hides_behind_saving_a_row() -> None:
    hidden = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
    names = [
        (path, node.id) for path, tree in modules().items() for node in ast.walk(tree) if isinstance(node, ast.Name)
    ]
    assert [(path, name) for path, name in names if name in hidden] == []


@pytest.mark.parametrize("folder", ["billing", "bookings", "core/money.py"])
def test_money_never_meets_a_float(folder: str) -> None:
    offenders = [
        f"{path}:{line}"
        for path, tree in modules().items()
        if str(path).startswith(folder)
        for line in float_lines(tree)
    ]
    assert offenders == []


def test_pages_hold_no_inline_script_or_style() -> None:
    offenders = {}
    for path in templates():
        if OTHER_MEDIA & set(path.parts):
            continue
        if found := INLINE.search(path.read_text(encoding="utf8")):
            offenders[str(path.relative_to(PROJECT))] = found.group()
    assert offenders == {}


def test_templates_stay_small() -> None:
    sizes = {str(path.relative_to(PROJECT)): len(path.read_text(encoding="utf8").splitlines()) for path in templates()}
    assert {path: size for path, size in sizes.items() if size > LONGEST_TEMPLATE} == {}


JOINS = {"select_related", "with_people"}


def chain(call: ast.Call) -> Iterator[ast.AST]:
    """What stands before it in the same expression, the nearest first: `User.objects.filter(…)` has three parts."""
    part: ast.AST = call
    while isinstance(part, ast.Call | ast.Attribute):
        part = part.func if isinstance(part, ast.Call) else part.value
        yield part


def locks(tree: ast.AST) -> Iterator[tuple[ast.Call, set[str]]]:
    """Each call of `select_for_update`, with the names of the whole expression it stands in."""
    expressions = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for outer in expressions:
        parts = [outer, *chain(outer)]
        names = {part.attr for part in parts if isinstance(part, ast.Attribute)}
        names |= {part.id for part in parts if isinstance(part, ast.Name)}
        for part in parts:
            if isinstance(part, ast.Call) and called_name(part) == "select_for_update":
                yield part, names


def test_a_lock_takes_one_row_and_lets_others_refer_to_a_member() -> None:
    """Joined rows would be locked too, in no order anybody chose. And each row that names a member asks, at the end of
    its transaction, whether he is there: that waits for a lock of his whole row, and for one that keeps the key free it
    does not.
    """
    faults = []
    for path, tree in modules().items():
        for call, names in locks(tree):
            options = {option.arg for option in call.keywords}
            if (names & JOINS and "of" not in options) or ("User" in names and "no_key" not in options):
                faults.append(f"{path}:{call.lineno}")
    assert sorted(set(faults)) == []
