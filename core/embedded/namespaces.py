"""Running a child as somebody else than root, and making it end with its parent. Called between fork and exec."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

NOBODY = 65534
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def leave_root() -> None:
    """Enter a user namespace that shows our uid 0 as `nobody`: no account is made, no file changes owner or mode."""
    # os.unshare() exists from Python 3.12 on only.
    if _libc().unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} 0 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} 0 1")


@cache
def can_leave_root() -> bool:
    """Whether `leave_root` works here: a chroot and Docker's default profile refuse it."""
    if not sys.platform.startswith("linux"):
        return False
    _libc()
    child = os.fork()
    if child == 0:
        try:
            leave_root()
        except BaseException:  # noqa: BLE001  (a forked child must end here, whatever happened)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _die_with(parent: int, with_signal: int) -> None:
    _libc().prctl(PR_SET_PDEATHSIG, int(with_signal))
    if os.getppid() != parent:
        os._exit(1)


def _prepare(*, parent: int, with_signal: int, unprivileged: bool) -> None:
    if unprivileged:
        leave_root()
    # After the change of credentials, which clears it.
    if sys.platform.startswith("linux"):
        _die_with(parent, with_signal)


def before_exec(with_signal: int = signal.SIGTERM, *, unprivileged: bool = False) -> Callable[[], None]:
    """A `preexec_fn`: the child gets `with_signal` when the thread that started it ends, even by SIGKILL (on Linux)."""
    if sys.platform.startswith("linux"):
        _libc()
    return partial(_prepare, parent=os.getpid(), with_signal=with_signal, unprivileged=unprivileged)
