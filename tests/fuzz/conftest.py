from tests.stripe import sandbox

__all__ = ["sandbox"]
