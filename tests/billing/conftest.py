from tests.databases import cloned_database

__all__ = ["cloned_database"]
