"""The team's screens of support: the queue of requests, and the motives."""

from support.admin import motives, tickets

__all__ = ["motives", "tickets"]
