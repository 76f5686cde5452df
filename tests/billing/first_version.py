"""The content of an invoice as version 1 stored it. Kept as it was: stored rows are never rewritten."""

from typing import Any

FIRST_VERSION: dict[str, Any] = {
    "version": 1,
    "number": "M7-2026-0042",
    "issued_on": "2026-12-03",
    "paid_on": "2026-12-02",
    "currency": "EUR",
    "seller": {
        "name": "Inès Haddad EI",
        "address": "14 rue des Tilleuls",
        "postcode": "44000",
        "city": "Nantes",
        "country": "FR",
        "siren": "123456782",
        "vat_number": "FR11123456782",
    },
    "buyer": {
        "name": "Léa Martin",
        "address": "",
        "postcode": "",
        "city": "",
        "country": "FR",
        "siren": "",
        "vat_number": "",
    },
    "platform": "Skilmi",
    "mandate_accepted_on": "2026-01-12",
    "terms_url": "http://localhost:8000/cgps/",
    "service": {
        "label": "lire un jeu de données",
        "started_at": "2026-12-03T11:04:48+01:00",
        "ended_at": "2026-12-03T12:00:00+01:00",
        "time_zone": "Europe/Paris",
        "billed_seconds": 3312,
        "rate_cents": 4700,
    },
    "amounts": {
        "total_cents": 4324,
        "without_vat_cents": 3603,
        "vat_cents": 721,
        "vat_basis_points": 2000,
        "held_cents": 4700,
        "released_cents": 376,
    },
    "mentions": [["DCL", "Facture établie par Skilmi au nom et pour le compte d’Inès Haddad EI"]],
}
