"""Who may know whom: the contracts of pyproject.toml."""

import contextlib

from importlinter.cli import lint_imports

from tests.architecture.sources import PROJECT


def test_the_apps_point_one_way() -> None:
    with contextlib.chdir(PROJECT):
        assert lint_imports(no_cache=True) == 0
