"""Short words for what tests ask of a demonstration once it is played: by default the well campaign's, days of 2023."""

from __future__ import annotations

from typing import Any

from zhuanban.core.day import from_iso
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.people.models import User
from zhuanban.people.queries import Setting
from zhuanban.people.scope import actor_for
from zhuanban.tally.behind import Behind, behind
from zhuanban.tally.lists import Listed, find_list, work_list
from zhuanban.tally.queries import table
from zhuanban.tally.tables import find_column, find_row

DISTRICTS = {"卧龙区": "411303", "宛城区": "411302", "高新区": "411371", "城乡一体化示范区": "411372"}
LAST = "12-08"


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

    def viewer(self, login: str) -> Viewer:
        user = User.objects.get(username=login)
        return Viewer(self.here, actor_for(user, self.here.campaign, self.day()))


def day(on: str) -> int:
    return from_iso(f"2023-{on}")
