"""What a run says: lines for people, then one line of JSON; kept in a file when asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Result:
    name: str
    figures: Mapping[str, object]
    notes: list[str] = field(default_factory=list)

    @property
    def row(self) -> dict[str, object]:
        return {"bench": self.name, **self.figures}


def show(result: Result) -> None:
    print(*result.notes, json.dumps(result.row), sep="\n", flush=True)


def keep(result: Result, history: Path) -> None:
    """Add the line, with its date, to the history of this machine."""
    history.parent.mkdir(parents=True, exist_ok=True)
    with history.open("a", encoding="utf8") as lines:
        lines.write(json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds")} | result.row) + "\n")
