"""Model fields used by several apps."""

from typing import Any

from django.db import models

from core.identifiers import new_reference


class ReferenceField(models.CharField[str, str]):
    """The unguessable name of a row, used in addresses, at Stripe and on the ledger."""

    def __init__(self, **options: Any) -> None:
        defaults: dict[str, Any] = {"max_length": 32, "unique": True, "default": new_reference, "editable": False}
        super().__init__(**defaults | options)
