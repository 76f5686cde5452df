"""The demo world, lived through once: every row is made by the services a person would have used, at its date."""

from demo.world.load import is_loaded, load, renew

__all__ = ["is_loaded", "load", "renew"]
