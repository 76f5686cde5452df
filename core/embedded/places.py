"""Where things lie: the data folder, the short folder for sockets, the binaries of the wheels."""

import hashlib
import importlib.util
import os
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
DATABASE = "skilmi"


class ServiceError(Exception):
    """A service did not start; the message is for the person at the terminal."""


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or PROJECT / "var").resolve()


def socket_dir(root: Path) -> Path:
    """A private folder whose path is short: a socket's address holds 107 bytes at most."""
    digest = hashlib.sha256(str(root).encode()).hexdigest()[:10]
    folder = Path(tempfile.gettempdir()) / f"skilmi-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise ServiceError(f"{folder} belongs to somebody else.")
    return folder


def package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The package {name} is not installed.")
    return Path(spec.origin).parent


def child_environment() -> dict[str, str]:
    """Our environment without what would redirect PostgreSQL's programs, and with bytecode kept between starts."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG") and k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
