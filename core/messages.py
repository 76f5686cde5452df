"""The sentences of the product, found in its templates and modules without gettext's programs.

A sentence is (context, singular, plural); context and plural are empty strings where there is none.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
NOT_SEARCHED = {".venv", "var", "tests", "migrations", "locale", "node_modules", ".git"}
Sentence = tuple[str, str, str]

# Function → where its context, singular and plural stand among the arguments (-1: nowhere).
FUNCTIONS = {
    "gettext": (-1, 0, -1),
    "pgettext": (0, 1, -1),
    "ngettext": (-1, 0, 1),
    "npgettext": (0, 1, 2),
}
CALL = re.compile(r'\b(_|n?p?gettext)\((?=\s*u?["\'])')


def sentences() -> dict[Sentence, str]:
    """Every sentence and the first file that says it."""
    found: dict[Sentence, str] = {}
    for path in sorted(PROJECT.rglob("*")):
        relative = path.relative_to(PROJECT)
        if path.suffix not in {".py", ".html", ".txt"} or NOT_SEARCHED & set(relative.parts):
            continue
        if path.suffix != ".py" and "templates" not in relative.parts:
            continue
        text = path.read_text(encoding="utf8")
        for sentence in in_python(text) if path.suffix == ".py" else in_template(text):
            found.setdefault(sentence, str(relative))
    return found


def in_python(source: str) -> Iterator[Sentence]:
    tree = ast.parse(source)
    names = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if sentence := _sentence(names.get(called, called), node):
                yield sentence


def in_template(source: str) -> Iterator[Sentence]:
    """Django turns a template into calls of gettext surrounded by noise."""
    code = templatize(source)
    for match in CALL.finditer(code):
        call = _parse_call(code, match)
        name = "gettext" if match[1] == "_" else match[1]
        if call and (sentence := _sentence(name, call)):
            yield sentence


def _aliases(tree: ast.Module) -> dict[str, str]:
    """Local name → name of the function it stands for: `_` is usually gettext_lazy."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.asname or alias.name: alias.name for node in imports for alias in node.names}


def _sentence(name: str, call: ast.Call) -> Sentence | None:
    places = FUNCTIONS.get(name.removesuffix("_lazy"))
    if places is None:
        return None
    texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in call.args]
    parts = [texts[place] if 0 <= place < len(texts) else "" for place in places]
    if not parts[1] or not all(isinstance(part, str) for part in parts):
        return None
    context, singular, plural = map(str, parts)
    return context, singular, plural


def _parse_call(code: str, match: re.Match[str]) -> ast.Call | None:
    """The call that begins at the match, found by trying each closing parenthesis."""
    end = match.end()
    while (end := code.find(")", end) + 1) > 0:
        try:
            parsed = ast.parse(code[match.start() : end], mode="eval")
        except SyntaxError:
            continue
        return parsed.body if isinstance(parsed.body, ast.Call) else None
    return None
