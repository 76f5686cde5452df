"""A status changes in `_move` alone, where the map of allowed moves is checked and the event is written."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import called_name, functions, modules

WRITER = "_move"


def status_writes(tree: ast.AST) -> Iterator[int]:
    """Lines that assign `x.status` or update it in a query. Creating a row in its first state is no move."""
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        written = [target for target in targets if isinstance(target, ast.Attribute)]
        yield from (target.lineno for target in written if target.attr == "status")
        if isinstance(node, ast.Call) and called_name(node) in {"update", "aupdate"}:
            yield from (keyword.value.lineno for keyword in node.keywords if keyword.arg == "status")


def allowed_lines(tree: ast.Module) -> set[int]:
    moves = [function for function in functions(tree) if function.name == WRITER]
    return {line for move in moves for line in range(move.lineno, (move.end_lineno or move.lineno) + 1)}


def test_status_is_written_in_move_only() -> None:
    offenders: list[tuple[Path, int]] = []
    for path, tree in modules().items():
        if path.parts[0] == "stripe_sandbox":  # its status is an answer of HTTP
            continue
        allowed = allowed_lines(tree)
        offenders += [(path, line) for line in status_writes(tree) if line not in allowed]
    assert offenders == []


def test_the_check_sees_what_it_looks_for() -> None:
    tree = ast.parse("def f(b):\n    b.status = 1\n    B.objects.update(status=2)\ndef _move(b):\n    b.status = 3\n")
    assert set(status_writes(tree)) - allowed_lines(tree) == {2, 3}
