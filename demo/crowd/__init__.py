"""Many invented members at once, to measure the product. Rows are written directly: services would take days."""

from demo.crowd.making import NotInvented, is_invented, make

__all__ = ["NotInvented", "is_invented", "make"]
