"""Which rows of docs/requirements.md no test carries. `./run requirements` prints them."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROWS = TESTS.parent / "docs" / "requirements.md"
ROW = re.compile(r"^\| ((?:SK|ST|K)-\d+) \| (.+?) \|$", re.MULTILINE)


def rows() -> dict[str, str]:
    """Every row: identifier → sentence."""
    return dict(ROW.findall(ROWS.read_text(encoding="utf8")))


def carried(folder: Path = TESTS) -> dict[str, list[str]]:
    """Row → the places of the tests that carry it."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for row, line in _marks(ast.parse(path.read_text(encoding="utf8"))):
            found.setdefault(row, []).append(f"{path.relative_to(folder.parent)}:{line}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
            for argument in node.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value), node.lineno


def main() -> int:
    known = {row: sentence for row, sentence in rows().items() if row.startswith("SK-")}
    tested = carried()
    without = [row for row in known if row not in tested]
    for row in without:
        print(f"{row:7} {known[row]}")
    print(f"{len(known) - len(without)} of {len(known)} rows are carried by a test, {len(without)} are not.")
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())
