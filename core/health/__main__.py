"""`python -m core.health [web|worker|beat|sweeper]`: the health check of a container. Needs nothing but this machine.

A part that waits for PostgreSQL or Valkey is alive: ending it would only cost the calls it holds.
"""

import http.client
import os
import sys
import time
from pathlib import Path

from core.health.signs import SILENCE_SECONDS, file_of

PATIENCE_SECONDS = 4


def is_web_alive() -> bool:
    port = int(os.environ.get("PORT") or 8000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/sante/")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def has_signed(part: str, data: Path) -> bool:
    file = file_of(part, data)
    return file.exists() and time.time() - file.stat().st_mtime < SILENCE_SECONDS


def main(part: str = "web") -> int:
    well = is_web_alive() if part == "web" else has_signed(part, Path(os.environ["DATA_DIR"]))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
