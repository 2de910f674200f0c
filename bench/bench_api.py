"""Eight people at once submit cards of 20 fields, one card a request, over the API of the served program, on SQLite and
PostgreSQL, at 0, 200,000 and 1,000,000 records.

Each signs in as a user of his own town and sends cards of its villages in a session with its forgery token; the next
card goes out when the last one is acknowledged. The records that are there before are whole (events, records, tallies,
indexes), written in bulk by `houses.pour`, which `houses.prove` first holds against the door on the same engine. All
sizes are served side by side and measured in turn, so that a slow minute hits each.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.rig import Rig, Row, percentile, seconds

HERE = "bench.bench_api"
PEOPLE = 8
PASSWORD = "bench-card-8"
BAR_RATE, BAR_GROWTH = 400, 1.3
POSTGRES = "ZHUANBAN_BENCH_POSTGRES"


def run(rig: Rig) -> list[Row]:
    sizes = [rig.size(full, quick) for full, quick in ((0, 0), (200_000, 200), (1_000_000, 1_000))]
    rows = [Row("one durable write of 4 KB on this disk, median", _durable_write(rig.folder), "ms")]
    rows += _engine(rig, "SQLite", sizes, ["" for _ in sizes])
    server = os.environ.get(POSTGRES)
    if server:
        with _databases(server, [f"bench_{count}" for count in sizes]) as addresses:
            rows += _engine(rig, "PostgreSQL", sizes, addresses)
    return rows


@dataclass(frozen=True, slots=True)
class Crowd:
    """What eight people did in one round."""

    rate: float  # cards a second
    took: list[float]  # milliseconds of each request


def _engine(rig: Rig, title: str, sizes: Sequence[int], addresses: Sequence[str]) -> list[Row]:
    cards = rig.size(800, 40)  # of one round
    with ExitStack() as stack:
        crowds = []
        for count, address in zip(sizes, addresses, strict=True):
            home = rig.folder / f"{title}-{count}"
            home.mkdir()
            setting = {"ZHUANBAN_HOME": str(home), "ZHUANBAN_DATABASE_URL": address}
            rig.call(f"{HERE}:load", str(home), count, **setting)
            port = stack.enter_context(_served(setting))
            crowds.append([Person(port, n) for n in range(PEOPLE)])
        for crowd in crowds:
            _submit(crowd, cards // 4)  # to warm up
        rounds = [[_submit(crowd, cards) for crowd in crowds] for _ in range(rig.rounds)]
    rows = []
    for i, count in enumerate(sizes):
        done = [each[i] for each in rounds]
        p50, p95 = (statistics.median(percentile(c.took, share) for c in done) for share in (0.5, 0.95))
        growth = statistics.median(percentile(r[i].took, 0.95) / percentile(r[0].took, 0.95) for r in rounds)
        head = f"{title}, {count:,} records"
        rows.append(Row(f"{head}: cards a second", statistics.median(c.rate for c in done), "/s", BAR_RATE, True))
        rows.append(Row("— p50", p50, "ms"))
        rows.append(Row("— p95", p95, "ms"))
        if i:
            rows.append(Row(f"— p95 against {sizes[0]:,} records", growth, "x", BAR_GROWTH))
    return rows


def _submit(crowd: Sequence[Person], cards: int) -> Crowd:
    """All at once; the round ends when the last one is done."""
    took: list[list[float]] = [[] for _ in crowd]
    failed: list[BaseException] = []

    def work(person: Person, bodies: list[bytes], mine: list[float]) -> None:
        try:
            for body in bodies:
                start = time.perf_counter()
                person.send(body)
                mine.append((time.perf_counter() - start) * 1000)
        except BaseException as why:
            failed.append(why)

    threads = [
        threading.Thread(target=work, args=(person, [person.card() for _ in range(cards // len(crowd))], mine))
        for person, mine in zip(crowd, took, strict=True)
    ]
    for person in crowd:
        person.connect()
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - start
    if failed:
        raise failed[0]
    flat = [ms for mine in took for ms in mine]
    return Crowd(len(flat) / whole, flat)


class Person:
    """Somebody signed in."""

    def __init__(self, port: int, number: int) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.headers = {"Content-Type": "application/json"}
        self.chance = random.Random(number)
        me = self._say("POST", "/api/auth/sign-in", json.dumps({"login": f"town{number}", "password": PASSWORD}))
        self.headers["X-CSRFToken"] = self._say("GET", "/api/auth/csrf")["token"]
        self.headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        [campaign] = me["campaigns"]
        self.address = f"/api/campaigns/{campaign['name']}/changes"
        self.town = campaign["posts"][0]["region"]

    def connect(self) -> None:
        """Anew: the server drops who was silent for long."""
        self.wire.close()
        self.wire.connect()

    def card(self) -> bytes:
        """A change that registers a house of the person's own town."""
        number = self.chance.randrange(10**9, 10**10)
        said = {
            "door": f"{number}号", "owner": f"户主{number}", "phone": f"1{number}", "kind": "出租", "danger": "是",
            "area": 60 + number % 400 / 10, "floors": 2, "built": "1998-05-15", "structure": "砖混", "people": 4,
            "rebuilt": "否", "business": "否", "licence": f"许-{number}", "crack": 0.5, "lean": 1.5, "roof": "平屋面",
            "finder": "排查员3", "checker": "复核员7", "address": f"幸福路{number % 9999}号院内东侧",
            "note": "东墙有裂缝，已拉警戒线，等待鉴定",
        }  # fmt: skip
        step = {
            "verb": "create",
            "set": said,
            "region": f"{self.town}{201 + number % 20}",
            "unit": f"U0{1 + number % 5}1",
        }
        change = {"id": str(uuid.UUID(int=self.chance.getrandbits(128))), "ledger": "cards", "steps": [step]}
        return json.dumps({"changes": [change]}, ensure_ascii=False).encode()

    def send(self, body: bytes) -> None:
        """Submit a card. Raises RuntimeError where it was not entered."""
        self.wire.request("POST", self.address, body, self.headers)
        answer = self.wire.getresponse()
        said = answer.read()
        if answer.status != 200 or json.loads(said)["outcomes"][0]["status"] != "entered":
            raise RuntimeError(f"{answer.status} {said.decode()}")

    def _say(self, method: str, path: str, body: str | None = None) -> Any:
        self.headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        self.wire.request(method, path, body, self.headers)
        answer = self.wire.getresponse()
        said = answer.read()
        for each in answer.headers.get_all("Set-Cookie") or ():
            key, _, value = each.partition(";")[0].partition("=")
            self.cookies[key] = value
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {said.decode()}")
        return json.loads(said)


@contextmanager
def _served(setting: dict[str, str]) -> Iterator[int]:
    """`zhuanban serve` on a data folder; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    program = subprocess.Popen(
        [str(Path(sys.executable).parent / "zhuanban"), "serve", "--port", str(port)],
        env={**os.environ, **setting},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # the command and its server end together
    )
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if program.poll() is not None:
                raise RuntimeError(f"zhuanban serve ended with {program.returncode}")
            time.sleep(0.1)
        else:
            raise RuntimeError("zhuanban serve did not come up in a minute")
        yield port
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait()


@contextmanager
def _databases(server: str, names: Sequence[str]) -> Iterator[list[str]]:
    """Fresh databases on a PostgreSQL, gone afterwards; gives their addresses."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        try:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
            yield [urlunsplit(urlsplit(server)._replace(path=f"/{name}")) for name in names]
        finally:
            for name in names:
                # Not WITH (FORCE): that stumbles over an autovacuum worker, a plain drop sends it away.
                connection.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[arg-type]


def _durable_write(folder: Path) -> float:
    """Median milliseconds of what a commit waits for at the least."""
    with (folder / "write").open("wb") as file:

        def write() -> None:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())

        return statistics.median(seconds(write) for _ in range(50)) * 1000


# In a process of its own ----------------------------------------------------------------------------------------------


def load(folder: str, count: int) -> None:
    """Make the campaign with its people and `count` whole records."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "zhuanban.project.settings"
    django.setup()
    from django.db import connection

    from bench import houses
    from zhuanban.cli.upgrade import ensure_ready
    from zhuanban.people.actions import give_post
    from zhuanban.people.models import User

    ensure_ready()
    here = houses.make(Path(folder))
    for n in range(PEOPLE):
        user = User.objects.create_user(f"town{n}", password=PASSWORD)
        give_post(here.campaign, user, "town", region=houses.TOWN[n * len(houses.TOWN) // PEOPLE])
    if count:
        cards = houses.Cards.random(count)
        houses.prove(here, cards)
        houses.pour(here, cards)
        houses.pour_sums(here, cards)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what its autovacuum would have done since
