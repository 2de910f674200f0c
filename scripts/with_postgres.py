"""Run a command beside a PostgreSQL server of its own, then take the server away again.

    .venv/bin/python scripts/with_postgres.py [--durable] [--variable NAME] -- COMMAND...

The server lives in a temporary folder and listens on a socket there, on no port. The command finds its address in the
environment variable `ZHUANBAN_DATABASE_URL` (or NAME): a database owned by a plain role that may create databases but
is no superuser, as at a site. Exits with the command's code; 2 where PostgreSQL's programs are missing or do not start.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROLE = "zhuanban"
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # a test's data need not survive a power cut


class Unavailable(Exception):
    """PostgreSQL cannot be started here; says why and what to do."""


def programs() -> Path:
    """The folder of PostgreSQL's server programs: Debian's newest, else where `initdb` is found."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    if found is None:
        raise Unavailable("PostgreSQL's server programs are missing. Type: apt-get install postgresql")
    return Path(found).resolve().parent


def plain_user() -> pwd.struct_passwd:
    """Who runs the server: the present user; for root, whom PostgreSQL refuses, `postgres` or `nobody`."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("No user `postgres` or `nobody` here, and PostgreSQL does not run as root.")


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """A running server; yields the address of an empty database on it. Raises Unavailable."""
    bin_folder, user = programs(), plain_user()
    folder = Path(tempfile.mkdtemp(prefix="zhuanban-pg-"))

    def call(program: str, *words: str) -> None:
        done = subprocess.run(
            [str(bin_folder / program), *words],
            cwd=folder,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            # A file, not a pipe: the server inherits it and would hold a pipe open for ever.
            stdout=(folder / "output").open("ab"),
            stderr=subprocess.STDOUT,
        )
        if done.returncode != 0:
            log = folder / "log"
            told = (folder / "output").read_text(errors="replace") + (log.read_text() if log.exists() else "")
            raise Unavailable(f"{program} failed:\n{told[-2000:]}")

    data = folder / "data"
    options = ["listen_addresses=", f"unix_socket_directories={folder}", "max_connections=60"]
    try:
        if os.getuid() == 0:
            os.chown(folder, user.pw_uid, user.pw_gid)
        call("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = " ".join(f"-c {option}" for option in (*options, *(() if durable else HASTY)))
        call("pg_ctl", "start", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", settings)
        try:
            call("createuser", "-h", str(folder), "-U", "postgres", "--createdb", ROLE)
            call("createdb", "-h", str(folder), "-U", "postgres", "-O", ROLE, ROLE)
            yield f"postgresql://{ROLE}@/{ROLE}?host={folder}"
        finally:
            call("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(data))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description="Run a command beside a PostgreSQL server of its own.")
    parser.add_argument("--durable", action="store_true", help="keep fsync on, as a site would")
    parser.add_argument("--variable", default="ZHUANBAN_DATABASE_URL", help="environment variable for the address")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)  # so that the server is taken away then too
    try:
        with server(durable=arguments.durable) as address:
            return subprocess.run(arguments.command, env={**os.environ, arguments.variable: address}).returncode
    except Unavailable as why:
        print(why, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
