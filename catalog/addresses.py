"""The part of an address that stands for a name."""

from django.utils.text import slugify


def address_of(name: str) -> str:
    return slugify(name.replace("’", "-").replace("'", "-"))[:70]
