"""Short words for what tests ask of a demonstration once it is played: by default the well campaign's, days of 2023."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.demo.play import load_demo
from zhuanban.duty.actions import Target, find
from zhuanban.duty.rules import Item
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.people.models import User
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR, actor_for
from zhuanban.tally.behind import Behind, behind
from zhuanban.tally.lists import Listed, find_list, work_list
from zhuanban.tally.queries import table
from zhuanban.tally.tables import find_column, find_row

DISTRICTS = {"卧龙区": "411303", "宛城区": "411302", "高新区": "411371", "城乡一体化示范区": "411372"}
LAST = "12-08"


@contextmanager
def playing(blocker: Any, pack: str, now: str, campaign: str = "") -> Iterator[Setting]:
    """A demonstration, played inside a transaction that is taken back, and looked at on the day `now`, 9 o'clock.

    `blocker`: pytest's `django_db_blocker`; what each test writes on top of it is taken back too.
    """
    with blocker.unblock(), transaction.atomic():
        done = settings.ZHUANBAN_HOME / "demo" / f"{campaign or pack}.done"
        done.unlink(missing_ok=True)
        here = setting(load_demo(pack))
        with clock.set_to(datetime.fromisoformat(f"{now}T09:00").replace(tzinfo=BEIJING)):
            yield here
        done.unlink(missing_ok=True)
        transaction.set_rollback(True)


class Played:
    """Short words for what is asked of the played campaign."""

    def __init__(self, here: Setting, year: int = 2023, last: str = LAST) -> None:
        self.here = here
        self.year = year
        self.last = last

    def day(self, on: str = "") -> int:
        return from_iso(f"{self.year}-{on or self.last}")

    def rows(self, key: str, on: str = "", node: str = "") -> dict[str, list[str]]:
        """Printed figures by row."""
        result = self.result(key, on, node)
        return {r.name: [result.cells[r.key, c].text for c in result.table.columns] for r in result.rows}

    def result(self, key: str, on: str, node: str) -> Any:
        return table(self.here, self.here.pack.tables[key], node or self.here.regions.root, self.day(on))

    def behind(self, key: str, row: str, column: str, on: str = "") -> list[Behind]:
        result = self.result(key, on, "")
        asked = find_column(result.table, column)
        return list(behind(self.here, result.table, asked, find_row(result, row).count, self.day(on)))

    def listed(self, key: str, on: str = "", node: str = "") -> list[Listed]:
        return work_list(self.here, find_list(self.here, key), node or self.here.regions.root, self.day(on))

    def names(self, key: str, on: str = "", node: str = "") -> list[str]:
        """Numbers of the records, or names of the regions, on a work list."""
        return [x.number or self.here.regions.name(x.region) for x in self.listed(key, on, node)]

    def records(self, ledger: str, **said: Any) -> list[Record]:
        found = Record.objects.filter(campaign=self.here.campaign, ledger=ledger).order_by("number")
        return [r for r in found if all(r.data.get(k) == v for k, v in said.items())]

    @property
    def whole(self) -> Viewer:
        """Sees all."""
        return Viewer(self.here, OPERATOR)

    def report(self, duty: str, unit: str, period: str) -> Item:
        return find(self.whole, Target(duty, unit, period))

    def viewer(self, login: str) -> Viewer:
        user = User.objects.get(username=login)
        return Viewer(self.here, actor_for(user, self.here.campaign, self.day()))


def day(on: str) -> int:
    return from_iso(f"2023-{on}")
