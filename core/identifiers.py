"""Names of objects in addresses: short, unguessable, free of look-alike characters."""

import secrets
from hashlib import sha256

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 16  # 79 bits


def new_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def fingerprint(*parts: object) -> str:
    """Short, and different as soon as one part is: tells whether somebody decides on what he read."""
    return sha256(repr(parts).encode()).hexdigest()[:LENGTH]
