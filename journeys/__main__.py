"""`python -m journeys 50 FILE`: the people of a run, on an empty database, and how each of them is signed in."""

import json
import sys
from importlib import import_module
from pathlib import Path

import django
from django.core.management import call_command


def main(count: int, target: Path) -> None:
    django.setup()
    # Only now: models need the settings.
    import_module("core.translations").compile_catalogues()
    call_command("migrate", verbosity=0)
    target.write_text(json.dumps(import_module("journeys.cast").make_cast(count)), encoding="utf8")
    print(f"{count} mentors, as many learners.")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
