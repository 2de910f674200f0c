"""What the watching tests look at: the files that are in the repository, and no others."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> tuple[Path, ...]:
    """Every tracked file that is there (a file deleted but not yet committed is not)."""
    # The owner of a clone may be another than who runs the tests; git would refuse to answer.
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode("utf-8")
    files = tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())
    assert len(files) > 50, "git lists hardly any file: these tests would pass without looking"
    return files


@pytest.fixture(scope="session")
def texts(tracked: tuple[Path, ...]) -> dict[str, str]:
    """Text of every tracked file that is text, by its path below the root."""
    found = {}
    for path in tracked:
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8")
    return found
