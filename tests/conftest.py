"""The test rig: a data folder that is thrown away, the engine (SQLite or PostgreSQL), and the real `zhuanban` command.

Which engine a run is on, `ZHUANBAN_DATABASE_URL` says (scripts/with_postgres.py sets it). `make test` makes both runs.
On PostgreSQL only tests marked `both_engines` or `postgres` run; every database test of the rooms in ENGINE_ROOMS is
marked `both_engines` here, unless it is marked `sqlite`.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import hypothesis
import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "postgresql" if os.environ.get("ZHUANBAN_DATABASE_URL") else "sqlite"
ENGINE_ROOMS = ("people", "ledger", "tally", "evidence", "notify", "duty", "api")
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "office"})

# Before Django reads its settings, and never the data folder of the person who runs the tests. A worker of xdist
# inherits the environment of the process that made the folder.
WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not WORKER:
    os.environ["ZHUANBAN_HOME"] = tempfile.mkdtemp(prefix="zhuanban-test-")
    atexit.register(shutil.rmtree, os.environ["ZHUANBAN_HOME"], ignore_errors=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhuanban.project.settings"
    django.setup()  # pytest-django does so by itself only where it is told the settings before this file is read

# No time limits: a busy machine is no fault of the code.
hypothesis.settings.register_profile(
    "zhuanban", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("zhuanban")


def pytest_report_header() -> str:
    return f"engine: {ENGINE}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what runs on both engines; leave out what this run's engine is not for."""
    rooms = {ROOT / "tests" / room for room in ENGINE_ROOMS}
    kept, left = [], []
    for item in items:
        if rooms & set(item.path.parents) and (
            item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
        ):
            item.add_marker("both_engines")
        here = item.get_closest_marker(ENGINE.replace("postgresql", "postgres"))
        elsewhere = item.get_closest_marker("sqlite" if ENGINE == "postgresql" else "postgres")
        on_postgres = here or item.get_closest_marker("both_engines")
        (left if elsewhere or (ENGINE == "postgresql" and not on_postgres) else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """scripts/test.sh makes two runs; the closing line of the second must not hide that the first failed."""
    code = os.environ.get("ZHUANBAN_POSTGRES_RUN", "0")
    if code != "0":
        terminalreporter.write_line(f"The run on PostgreSQL before this one FAILED (exit code {code}).", red=True)


@pytest.fixture(scope="session")
def engine() -> str:
    """`sqlite` or `postgresql`: what this run is on."""
    return ENGINE


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Office:
    """An office of its own: a data folder (and on PostgreSQL a database) and the real `.venv/bin/zhuanban`."""

    home: Path
    environment: dict[str, str]
    program: Path

    def run(
        self,
        *words: str | Path,
        code: int | None = 0,
        timeout: float = 600,
        within: Callable[[], None] | None = None,
        **environment: str,
    ) -> Ran:
        """Run `zhuanban WORDS`; the exit code must be `code` (None: any). `within` runs first in the new process.

        The environment is bare but for what the office sets: what works here works without a terminal too.
        """
        done = subprocess.run(
            [str(self.program), *map(str, words)],
            cwd=self.home.parent,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
            preexec_fn=within,
        )
        ran = Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
        assert code is None or ran.code == code, f"zhuanban {words}: exit {ran.code}\n{ran.out}\n{ran.err}"
        return ran

    def python(self, code: str, **environment: str) -> str:
        """What a Python program prints that runs in this office, with the tests at hand."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{textwrap.dedent(code)}"],
            cwd=self.home.parent,
            env={
                **self.environment,
                "DJANGO_SETTINGS_MODULE": "zhuanban.project.settings",
                "PYTHONPATH": str(ROOT),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(
        self, *words: str | Path, within: Callable[[], None] | None = None, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start `zhuanban WORDS` in a session of its own and go on; the caller ends it."""
        return subprocess.Popen(
            [str(self.program), *map(str, words)],
            cwd=self.home.parent,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=within,
            start_new_session=True,
        )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An empty office, gone after the test."""
    home = tmp_path / "data"
    bare = {"PATH": os.defpath, "HOME": str(tmp_path), "ZHUANBAN_HOME": str(home)}
    program = Path(sys.executable).parent / "zhuanban"
    if ENGINE == "sqlite":
        yield Office(home, bare, program)
        return
    server = os.environ["ZHUANBAN_DATABASE_URL"]
    name = f"office_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            yield Office(home, {**bare, "ZHUANBAN_DATABASE_URL": address}, program)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]
