"""`make test` holds what `make check` holds: format, lint, strict types, the arrows between rooms."""

import subprocess

import pytest

from zhuanban import __version__


@pytest.mark.parametrize("command", ["ruff format --check --diff .", "ruff check .", "mypy", "lint-imports --no-cache"])
def test_check_passes(root, command):
    said = (root / "scripts" / "check.sh").read_text("utf-8")
    assert command.split(" .")[0].replace(" --check --diff", " --check") in said
    program, *words = command.split()
    done = subprocess.run([root / ".venv" / "bin" / program, *words], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_changelog_knows_this_version(root):
    assert f"## {__version__}" in (root / "CHANGELOG.md").read_text("utf-8")
