"""Who may know whom: the contracts of pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import PROJECT


def test_the_apps_point_one_way() -> None:
    # In a process of its own: import-linter configures logging, which silences the loggers of the tests that follow.
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
