"""What a run says: lines for people, then one line of JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


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
