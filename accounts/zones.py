"""Time zones as people choose them: each under its present name, those of France first, then by part of the world."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The zones of French territory, in the words of those who live there.
FRANCE: dict[str, str | Promise] = {
    "Europe/Paris": _("Paris, France métropolitaine"),
    "America/Guadeloupe": _("Guadeloupe"),
    "America/Martinique": _("Martinique"),
    "America/Cayenne": _("Guyane"),
    "Indian/Reunion": _("La Réunion"),
    "Indian/Mayotte": _("Mayotte"),
    "America/Miquelon": _("Saint-Pierre-et-Miquelon"),
    "America/St_Barthelemy": _("Saint-Barthélemy"),
    "America/Marigot": _("Saint-Martin"),
    "Pacific/Noumea": _("Nouvelle-Calédonie"),
    "Pacific/Tahiti": _("Polynésie, Tahiti"),
    "Pacific/Marquesas": _("Polynésie, îles Marquises"),
    "Pacific/Gambier": _("Polynésie, îles Gambier"),
    "Pacific/Wallis": _("Wallis-et-Futuna"),
}
PARTS: dict[str, str | Promise] = {
    "Europe": _("Europe"),
    "Africa": _("Afrique"),
    "America": _("Amériques"),
    "Asia": _("Asie"),
    "Australia": _("Australie"),
    "Atlantic": _("Océan Atlantique"),
    "Indian": _("Océan Indien"),
    "Pacific": _("Océan Pacifique"),
    "Antarctica": _("Antarctique"),
    "Arctic": _("Arctique"),
}
# Former names that browsers still report.
RENAMED = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}


@dataclass(frozen=True)
class Group:
    label: str | Promise
    # Name of the zone, and what people read.
    zones: tuple[tuple[str, str | Promise], ...]


@cache
def names() -> frozenset[str]:
    """Those that the table of the time zone database names, one or more for each country: no aliases."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf8")
    return frozenset(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))


@cache
def groups() -> tuple[Group, ...]:
    others = sorted(names() - FRANCE.keys())
    known = [Group(_("France"), tuple(FRANCE.items()))]
    for part, label in PARTS.items():
        zones = tuple((name, place_of(name)) for name in others if name.startswith(f"{part}/"))
        if zones:
            known.append(Group(label, zones))
    return tuple(known)


def place_of(name: str) -> str:
    """`America/Argentina/Buenos_Aires` → « Argentina, Buenos Aires »."""
    return ", ".join(name.replace("_", " ").split("/")[1:]) or name
