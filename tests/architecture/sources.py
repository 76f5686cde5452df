"""The product's own Python files, parsed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = {".venv", "var", "tests", "migrations", "benchmarks", "node_modules", ".git"}


@cache
def modules() -> dict[Path, ast.Module]:
    """Relative path → syntax tree, tests and migrations left out."""
    found = {}
    for path in sorted(PROJECT.rglob("*.py")):
        relative = path.relative_to(PROJECT)
        if not NOT_OURS & set(relative.parts):
            found[relative] = ast.parse(path.read_text(encoding="utf8"))
    return found


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def called_name(call: ast.Call) -> str:
    """The last part of what is called: `update` for `queryset.update(...)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
