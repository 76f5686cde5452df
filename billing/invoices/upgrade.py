"""Content stored by an earlier version, in the form of today. Stored rows are never rewritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from billing.invoices.content import VERSION, Amounts, Content, Line, sum_taxes
from billing.states import DocumentKind


def upgrade(stored: Mapping[str, Any]) -> Content:
    """What is stored, in today's form. Version 1 knew invoices of one session only."""
    return _from_version_1(stored) if stored["version"] == 1 else cast(Content, stored)


def _from_version_1(stored: Mapping[str, Any]) -> Content:
    line = _line(stored["service"], stored["amounts"])
    kept = {name: value for name, value in stored.items() if name not in {"service", "amounts", "version"}}
    amounts = Amounts(
        total_cents=stored["amounts"]["total_cents"],
        without_vat_cents=stored["amounts"]["without_vat_cents"],
        vat_cents=stored["amounts"]["vat_cents"],
        held_cents=stored["amounts"]["held_cents"],
        released_cents=stored["amounts"]["released_cents"],
    )
    own = {"version": VERSION, "kind": DocumentKind.INVOICE, "lines": [line], "taxes": sum_taxes([line])}
    return cast(Content, {**kept, **own, "amounts": amounts})


def _line(service: dict[str, Any], amounts: dict[str, Any]) -> Line:
    return Line(
        # Version 1 did not keep it: the row of the invoice does.
        reference="",
        title=f"Session vidéo de mentorat\u202f: {service['label']}",
        label=service["label"],
        served_on=datetime.fromisoformat(service["started_at"]).date().isoformat(),
        started_at=service["started_at"],
        ended_at=service["ended_at"],
        time_zone=service["time_zone"],
        seconds=service["billed_seconds"],
        rate_cents=service["rate_cents"],
        paid_cents=0,
        total_cents=amounts["total_cents"],
        without_vat_cents=amounts["without_vat_cents"],
        vat_cents=amounts["vat_cents"],
        vat_basis_points=amounts["vat_basis_points"],
    )
