"""The look-back at rural water works in the box: the ground of its stories. All days are of 2022."""

from __future__ import annotations

from typing import Any

from tests.story import Story
from zhuanban.core.day import from_iso
from zhuanban.ledger.change import Outcome, Step
from zhuanban.ledger.queries import Viewer
from zhuanban.people.scope import Actor, Held
from zhuanban.tally.lists import Listed, find_list, work_list
from zhuanban.tally.queries import table

CITY, COUNTY, OTHER = "411300", "411326", "411303"  # 淅川县, 卧龙区
TOWN, VILLAGE = "411326101", "411326101201"
BUREAU, TOWN_UNIT, VILLAGE_UNIT = f"S{COUNTY}", f"T{TOWN}", f"V{VILLAGE}"


def day(month_day: str) -> int:
    return from_iso(f"2022-{month_day}")


class Desk(Story):
    """The campaign with its offices, from 14 July; people of 淅川县 and of its first village."""

    def __init__(self) -> None:
        super().__init__("rural", "rural-water-lookback", day("07-14"))
        self.city, self.city2 = self.person("city_office"), self.person("city_office")
        self.force = self.person("city_force")
        self.supervisor = self.person("supervisor", CITY)
        self.county = self.person("county_office", COUNTY, BUREAU)
        self.checker = self.person("county_checker", COUNTY, BUREAU)
        self.head = self.person("county_head", COUNTY, BUREAU)
        self.rural = self.person("county_rural", COUNTY)
        self.town = self.person("town_office", TOWN, TOWN_UNIT)
        self.village = self.person("village_office", VILLAGE, VILLAGE_UNIT)
        self.member = self.person("member", VILLAGE)
        for region, unit, role in (
            (COUNTY, BUREAU, "县级水利部门"),
            (TOWN, TOWN_UNIT, "乡镇政府"),
            (VILLAGE, VILLAGE_UNIT, "村委"),
        ):
            entered(self.open("offices", "07-14", "登记", self.city, region=region, unit=unit, role=role))

    def person(self, post: str, region: str = "", unit: str = "") -> Actor:
        return Actor(None, f"{post}{region}-{next(self.ids)}", (Held(post, region=region, unit=unit),))

    def photo(self, words: str = "") -> list[dict[str, str]]:
        seed = words or f"photo-{next(self.ids)}"
        return self.drawn(seed, f"{seed}.jpg")

    def pen(self) -> list[dict[str, str]]:
        return self.drawn("pen", "签字.jpg", pen=True)

    def open(
        self, ledger: str, on: str, move: str, by: Actor, *, region: str = VILLAGE, unit: str = "", number: str = "",
        **said: Any,
    ) -> Outcome:  # fmt: skip
        return self.send(ledger, Step("create", day(on), move, said, region, unit or None), number, by)

    def step(
        self, ledger: str, number: str, move: str, on: str, by: Actor, reason: str = "", unit: str = "", **said: Any
    ) -> Outcome:
        return self.send(ledger, Step("move", day(on), move, said, None, unit or None, reason), number, by)

    def amend(self, ledger: str, number: str, on: str, by: Actor, **said: Any) -> Outcome:
        return self.send(ledger, Step("amend", day(on), set=said), number, by)

    def entries(self, key: str, on: str, node: str = CITY) -> list[Listed]:
        return work_list(self.here, find_list(self.here, key), node, day(on))

    def listed(self, key: str, on: str, node: str = CITY) -> list[str]:
        """Numbers, or names of regions."""
        return [x.number or self.here.regions.name(x.region) for x in self.entries(key, on, node)]

    def row(self, key: str, on: str, name: str = "合计") -> list[str]:
        result = table(self.here, self.here.pack.tables[key], CITY, day(on))
        (found,) = [r for r in result.rows if r.name == name]
        return [result.cells[found.key, c].text for c in result.table.columns]

    def told(self, ledger: str, number: str) -> list[dict[str, Any]]:
        viewer = Viewer(self.here, self.city)
        return list(viewer.history(self.here.pack.ledgers[ledger], number)["events"])

    # -- what the stories begin with

    def works(self, on: str = "07-14", number: str = "GC-1", name: str = "一村供水站", **more: Any) -> str:
        said = {"name": name, "scattered": "否", "people": 800, "tonnes": 60, "condition": "正常", **more}
        return entered(self.open("works", on, "登记", self.county, number=number, **said))

    def card(self, works: str = "GC-1", on: str = "07-20", by: Actor | None = None, **more: Any) -> Outcome:
        said: dict[str, Any] = {"works": works, "idle": "否", "scattered": "否", "inspector": "排查员甲"}
        said |= {"place": self.place(), "photo": self.photo(), "signature": self.pen()}
        yes = ("has_source", "has_facilities", "has_keeper", "has_charges", "has_money", "enough", "clean")
        said |= dict.fromkeys((*yes, "duty_clear", "emergency_ready"), "是") | {"has_rules": "否"}
        said |= {"billing": "按量", "price": 1.8, **more}
        return self.open("works_cards", on, "排查", by or self.village, **{k: v for k, v in said.items() if v})

    def place(self) -> dict[str, Any]:
        return {"lon": 112.48, "lat": 33.03, "frame": "CGCS2000"}

    def problem(self, on: str = "08-01", unit: str = VILLAGE_UNIT, by: Actor | None = None, **more: Any) -> str:
        said = {
            "sources": ["本次排查"],
            "hangs_on": "到村",
            "item": "设施",
            "part": "村内管网",
            "fault": "村内管道漏水问题",
        }
        return entered(self.open("problems", on, "登记", by or self.village, unit=unit, **{**said, **more}))

    def assign(self, number: str, move: str = "转村委", on: str = "08-01", **more: Any) -> Outcome:
        said = {
            "kind": "立行立改",
            "leader": "领导甲",
            "owner": "责任人乙",
            "measure": "换管",
            "due": "2022-08-04",
            **more,
        }
        return self.step("problems", number, move, on, self.county, **{k: v for k, v in said.items() if v})

    def apply(self, number: str, on: str = "08-03", by: Actor | None = None, **more: Any) -> Outcome:
        said: dict[str, Any] = {"fixed": "已换管", "fixed_by": "整改人丙", "after": self.photo(), **more}
        kept = {k: v for k, v in said.items() if v}
        return self.step("problems", number, "申请销号", on, by or self.village, **kept)

    def close(self, number: str, on: str = "08-05", by: Actor | None = None, **more: Any) -> Outcome:
        said: dict[str, Any] = {"checked_by": "核查人丁", "check_place": self.place(), "check_photo": self.photo()}
        said |= {"nth_check": 1, "quality": "合格", "user": "用水户戊", "user_how": "签字", "satisfied": "满意", **more}
        kept = {k: v for k, v in said.items() if v}
        return self.step("problems", number, "销号", on, by or self.checker, **kept)

    def closed(self, on: str = "08-05", **more: Any) -> str:
        number = self.problem(**more)
        entered(self.assign(number))
        entered(self.apply(number))
        entered(self.close(number, on))
        return number


def entered(outcome: Outcome) -> str:
    assert outcome.status == "entered", [str(p) for p in outcome.problems]
    return outcome.number


def waits(outcome: Outcome) -> str:
    """What kept a change in the inbox, in words."""
    assert outcome.status == "waiting", outcome
    return " ".join(str(p) for p in outcome.problems)
