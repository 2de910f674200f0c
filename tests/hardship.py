"""Hard times for a program: what a new process runs before it becomes the program (`Office.run(within=…)`)."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE = 1


def full_disk(room: int) -> Callable[[], None]:
    """No file can grow beyond `room` bytes, as on a disk that is full by then. Works for anybody, anywhere.

    SQLite needs 32 KB for the index of its log, whatever it writes.
    """
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


def powerless() -> None:
    """Root, too, is bound by the modes of files. Others are anyway."""
    if os.geteuid() == 0 and _LIBC.prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing below the folder can be written by a `powerless` program."""
    modes = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
