"""The groundwater campaign for stories: its layers, and short words for what its offices do. Days are of 2022."""

from __future__ import annotations

from typing import Any

from tests.story import Story
from zhuanban.atlas.actions import load_zones
from zhuanban.core.day import from_iso
from zhuanban.ledger.change import ENTERED, WAITING, Outcome, Step
from zhuanban.ledger.door import facts_of
from zhuanban.ledger.models import Record
from zhuanban.ledger.placing import place_again
from zhuanban.ledger.rules import as_of
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.lists import find_list, work_list
from zhuanban.tally.queries import table

TOWN, CITY, ZONE = "371083100", "371083001", "371083472"  # 夏村镇, 城区街道, 经济开发区


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"lon": lon, "lat": lat, "frame": "CGCS2000"}


INSIDE, OUTSIDE, SOON = point(121.595, 36.725), point(121.64, 36.75), point(121.615, 36.72)
VILLAGE, STREET = point(121.495, 36.715), point(121.51, 36.73)

WATER = Actor(None, "water", (Held("water", unit="SL"),))
CHECKER = Actor(None, "checker", (Held("water_checker", unit="SL"),))
COMPANY = Actor(None, "company", (Held("company", unit="SWJT"),))
CLERK = Actor(None, "clerk", (Held("town_clerk", region=TOWN, unit="T100"),))
URBAN = Actor(None, "urban", (Held("urban_clerk", region=CITY, unit="T001"),))
OFFICE = Actor(None, "office", (Held("office", unit="LXB"),))
APPROVAL = Actor(None, "approval", (Held("approval", unit="SP"),))


def day(on: str) -> int:
    return from_iso(on if len(on) > 5 else f"2022-{on}")


class Groundwater(Story):
    def __init__(self) -> None:
        super().__init__("groundwater", "groundwater", from_iso("2022-07-15"))
        layers = self.here.pack.layers
        for key, file in (
            ("coverage", "coverage-0720"), ("first_coverage", "coverage-0720"), ("network", "network-0726"),
            ("urban", "urban-0720"),
        ):  # fmt: skip
            load_zones(self.campaign, layers[key], self.demo / f"{file}.geojson")
        self.photos = {word: self.drawn(word, f"{word}.jpg") for word in ("before", "during", "after", "paper")}
        self.pen = self.drawn("pen", "pen.jpg", pen=True)

    def second_map(self) -> list[str]:
        """The pipes of 2022-10-20."""
        layer = self.here.pack.layers["coverage"]
        loaded = load_zones(self.campaign, layer, self.demo / "coverage-1020.geojson", day("10-20"))
        return list(place_again(self.here, layer, loaded, OPERATOR))

    def do(
        self,
        ledger: str,
        number: str,
        move: str,
        on: str,
        *,
        new: bool = False,
        by: Actor = OPERATOR,
        reason: str = "",
        region: str | None = None,
        unit: str | None = None,
        **said: Any,
    ) -> Outcome:
        step = Step("create" if new else "move", day(on), move, said, (region or TOWN) if new else None, unit, reason)
        return self.send(ledger, step, number, by)

    def must(self, *args: Any, **said: Any) -> str:
        outcome = self.do(*args, **said)
        assert outcome.status == ENTERED, [str(p) for p in outcome.problems]
        return outcome.number

    def user(self, number: str = "YH-1", at: dict[str, Any] = INSIDE, region: str = TOWN, **said: Any) -> str:
        fields = {"name": f"示例{number}", "kind": "企业", "place": at, **said}
        return self.must("users", number, "登记", "07-20", new=True, region=region, **fields)

    def well(self, number: str = "J-1", at: dict[str, Any] = INSIDE, region: str = TOWN, **said: Any) -> str:
        fields = {"spot": f"院内{number}", "use": "生产", "place": at, **said}
        return self.must("wells", number, "登记", "07-20", new=True, region=region, **fields)

    def permit(self, well: str, until: str, on: str = "07-21", number: str = "XK-1") -> str:
        said = {"well": well, "cert": f"字{number}", "until": until}
        return self.must("permits", number, "登记已有许可证", on, new=True, **said)

    def notice(self, well: str, served: str, number: str = "TZ-1") -> None:
        self.must(
            "served_notices", number, "制发", served, new=True, kind="封停通知书", wells=[well], basis=[self.plan()]
        )  # fmt: skip
        self.must(
            "served_notices", number, "送达", served, served_on=f"2022-{served}", way="签收", proof=self.photos["paper"]
        )

    def plan(self) -> str:
        if not Record.objects.filter(campaign=self.campaign, ledger="papers").exists():
            self.must("papers", "乳政办发〔2022〕3号", "登记", "07-15", new=True, name="方案", kind="本方案")
        return "乳政办发〔2022〕3号"

    def connect(self, user: str, well: str, on: str, number: str = "JS-1") -> None:
        self.must("connections", number, "下单", on, new=True, user=user, wells=[well])
        self.must("connections", number, "铺设", on)
        self.must("connections", number, "接通", on, meter="B1", bill_from=f"2022-{on}")

    def seal(self, well: str, on: str, move: str = "封停", by: Actor = COMPANY, **said: Any) -> Outcome:
        fields = {
            "seal_no": f"FT-{well}", "before_photo": self.photos["before"], "during_photo": self.photos["during"],
            "after_photo": self.photos["after"], "sealed_by": "施工甲", "witness": self.pen,
            "no_water_reason": "停用备用井", **said,
        }  # fmt: skip
        return self.do("wells", well, move, on, by=by, **{k: v for k, v in fields.items() if v is not None})

    def says(self, number: str, field: str, on: str, ledger: str = "wells") -> Any:
        """What a field says as of a day; `state` too."""
        pk = self.record(ledger, number).pk
        now = as_of(facts_of([pk])[pk], day(on))
        assert now is not None
        return now.state if field == "state" else now.data.get(field)

    def outcome(self, number: str, on: str) -> str:
        return str(self.says(number, "outcome", on))

    def rows(self, key: str, on: str, node: str = "371083") -> dict[str, list[str]]:
        found = table(self.here, self.here.pack.tables[key], node, day(on))
        return {row.name: [found.cells[row.key, c].text for c in found.table.columns] for row in found.rows}

    def names(self, key: str, on: str, node: str = "371083") -> list[str]:
        return [entry.number for entry in work_list(self.here, find_list(self.here, key), node, day(on))]


def why(outcome: Outcome) -> str:
    assert outcome.status == WAITING
    return "\n".join(map(str, outcome.problems))
