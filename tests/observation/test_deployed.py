"""The example dashboard and alerts ask for figures that exist, and the documentation explains each of them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from core.embedded.places import PROJECT
from core.health.signs import PARTS
from core.observation import counts
from core.observation.counts import Family
from pages.vitals import gauges
from pages.vitals.backlogs import KINDS

FOLDER = PROJECT / "deploy" / "observation"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
BOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text())
TEXT = (PROJECT / "docs" / "observation.md").read_text(encoding="utf8")
DECLARED = (*counts.FAMILIES.values(), counts.SOCKETS, counts.READABLE, *gauges.FAMILIES)
SELECTOR = re.compile(r"(\w+)\{([^}]*)\}")
VALUES = {
    "kind": {kind.name for kind in KINDS},
    "part": set(PARTS),
    "outcome": {"done", "failed"},
}


def told() -> Iterator[tuple[str, Family]]:
    """Every name that Prometheus can be asked for."""
    for family in DECLARED:
        if family.bounds:
            yield from ((f"{family.name}_{end}", family) for end in ("bucket", "count", "sum"))
        else:
            yield f"{family.name}_total" if family in counts.FAMILIES.values() else family.name, family


KNOWN = dict(told())
EXPRESSIONS = {
    **{rule["alert"]: rule["expr"] for rule in RULES},
    **{
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in BOARD["panels"]
        for target in panel.get("targets", ())
    },
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_asks_for_figures_that_exist(name: str) -> None:
    asked = set(re.findall(r"\b(?:skilmi_\w+|up)\b", EXPRESSIONS[name]))
    assert asked
    assert asked - KNOWN.keys() - {"up"} == set()


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_names_labels_and_values_that_exist(name: str) -> None:
    for figure, selector in SELECTOR.findall(EXPRESSIONS[name]):
        if figure == "up":
            continue
        for label, operator, value in re.findall(r"(\w+)(=~|!~|!=|=)\"([^\"]*)\"", selector):
            assert label in KNOWN[figure].labels, f"{figure} has no {label}"
            if label in VALUES and operator in {"=", "!="}:
                assert value in VALUES[label]


def test_every_figure_is_on_the_board_or_behind_an_alert() -> None:
    text = " ".join(EXPRESSIONS.values())
    assert [family.name for family in DECLARED if family.name not in text] == []


def test_every_figure_and_every_alert_is_explained() -> None:
    assert [name for name in (family.name for family in DECLARED) if f"`{name}`" not in TEXT] == []
    headings = re.findall(r"^### (\w+)$", TEXT, re.MULTILINE)
    assert headings == [rule["alert"] for rule in RULES]
    assert [kind.name for kind in KINDS if f"`{kind.name}`" not in TEXT] == []


def test_every_alert_says_how_urgent_it_is() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
