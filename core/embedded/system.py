"""What the wheels cannot bring: a few packages of the operating system. Runs before anything is installed.

`python -m core.embedded.system demo|test` installs what lacks when it may (root, or sudo at a terminal, with apt),
saying so; otherwise it prints the exact line to type and fails.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)
MAC_LIBRARIES = ("/opt/homebrew/lib", "/usr/local/lib")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = ("/Applications/Chromium.app", "/Applications/Google Chrome.app")


@dataclass(frozen=True)
class Need:
    """A part of the system, how to see that it is there, and how each system calls it."""

    what: str
    present: Callable[[], bool]
    debian: str
    fedora: str
    mac: str


def _has_library(linux: str, mac: str) -> bool:
    names = [linux] if sys.platform != "darwin" else [mac, *(f"{folder}/{mac}" for folder in MAC_LIBRARIES)]
    return any(_loads(name) for name in names)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_pango() -> bool:
    return (
        _has_library("libpango-1.0.so.0", "libpango-1.0.dylib")
        and _has_library("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib")
        and _has_library("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib")
    )


def _has_font() -> bool:
    folders = [Path(name).expanduser() for name in FONT_FOLDERS]
    return any(next(folder.rglob("*.[ot]t[fc]"), None) for folder in folders if folder.is_dir())


def _has_browser() -> bool:
    return any(map(shutil.which, BROWSERS)) or any(Path(app).exists() for app in MAC_BROWSERS)


DOCUMENTS = Need(
    "Pango draws the invoices",
    _has_pango,
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "pango harfbuzz",
    "pango",
)
FONT = Need("invoices need a font", _has_font, "fonts-dejavu-core", "dejavu-sans-fonts", "font-dejavu")
BROWSER = Need("the browser tests drive Chromium", _has_browser, "chromium", "chromium", "chromium")
NEEDS = {"demo": (DOCUMENTS, FONT), "test": (DOCUMENTS, FONT, BROWSER)}


def missing(purpose: str) -> list[Need]:
    return [need for need in NEEDS[purpose] if not need.present()]


def _root_prefix() -> list[str] | None:
    """How to become root for one command, or None when that is not possible without asking first."""
    if os.geteuid() == 0:
        return []
    if sys.stdin.isatty() and shutil.which("sudo"):
        return ["sudo"]
    return None


def _install(needs: list[Need]) -> bool:
    prefix = _root_prefix()
    if prefix is None or not shutil.which("apt-get"):
        return False
    packages = " ".join(need.debian for need in needs).split()
    print("Installing with apt:", *packages, flush=True)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(install, stdout=subprocess.DEVNULL, check=False).returncode == 0:
        return True
    # A fresh machine knows no packages yet.
    subprocess.run([*apt, "update"], stdout=subprocess.DEVNULL, check=False)
    return subprocess.run(install, stdout=subprocess.DEVNULL, check=False).returncode == 0


def instructions(needs: list[Need]) -> str:
    lines = [
        f"Skilmi needs parts of the system that are not there ({', '.join(need.what for need in needs)}). Install:"
    ]
    lines.append(f"  Debian, Ubuntu:  sudo apt-get install {' '.join(need.debian for need in needs)}")
    lines.append(f"  Fedora:          sudo dnf install {' '.join(need.fedora for need in needs)}")
    lines.append(f"  macOS:           brew install {' '.join(need.mac for need in needs)}")
    return "\n".join(lines)


def main(purpose: str) -> int:
    needs = missing(purpose)
    if not needs or (_install(needs) and not missing(purpose)):
        return 0
    print(instructions(missing(purpose)), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
