"""A campaign of another field, made up: fire safety in small places (`tests/packs/nine-small`). It is a pack and
nothing else: no line of the program was written for it. All days are of 2024.

The pack itself, its table of decisions, and stories that begin with empty ledgers; its demonstration is in
`test_nine_small_demo.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.story import Story
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso, iso
from zhuanban.duty.tick import tick
from zhuanban.ledger.change import Outcome, Step
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.verify import verify
from zhuanban.notify.alarms import acknowledge, alarms_of
from zhuanban.notify.models import Message
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.notes import notes
from zhuanban.pack.read import list_packs, load, pack_files, read_files, read_pack
from zhuanban.pack.show import show
from zhuanban.people.actions import give_post
from zhuanban.people.models import User
from zhuanban.people.scope import Actor, Held
from zhuanban.sheets.forms import check_templates
from zhuanban.tally.actions import check
from zhuanban.tally.lists import find_list, work_list
from zhuanban.tally.queries import table

# The rooms that the stories go through are tested on both engines.
pytestmark = pytest.mark.sqlite

FOLDER = Path(__file__).resolve().parents[1] / "packs" / "nine-small"
CHENG, HE = "990901101", "990901102"
OLD_STREET = "990901101001"


def at(month_day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"2024-{month_day}").replace(hour=hour, tzinfo=BEIJING)


def day(month_day: str) -> int:
    return from_iso(f"2024-{month_day}")


# -- The pack


def test_it_loads_without_a_fault_or_a_note() -> None:
    pack, problems = read_pack(FOLDER)
    assert problems == []
    assert pack is not None
    assert [str(p) for p in check_templates(pack)] == []
    assert [str(n) for n in notes(pack)] == []


def test_it_is_found_where_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUANBAN_CAMPAIGNS", str(FOLDER.parent))
    assert FOLDER in list_packs()


def test_it_can_be_read_aloud() -> None:
    pack = load(pack_files(FOLDER))
    said = show(pack)
    for things in (pack.ledgers, pack.tables, pack.lists, pack.forms, pack.duties, pack.draws, pack.posts):
        assert [thing.title for thing in things.values() if thing.title not in said] == []
    for sentence in (
        "处置由规则判定，日日如此：状态为“已关停”的为“已关停”（依据：方案三（二）1）；",
        "销号：由乡镇街道复查员、县消防救援大队办理，从“待复查”到“已销号”；",
        "办过“报整改”、“发现”、“反弹立案”的人不得办理。",
        "已排查取自排查卡台账：有没有场所编号是本处的。",
        "已销号隐患数取自火灾隐患台账：场所编号是本处、状态为“已销号”的有几个。",
        "出口状况取自排查卡台账：场所编号是本处的，看最后登记的那张的出口状况。",
        "    表格：九小场所火灾隐患整改情况表（附件1）。",
        "三十天没有人到过的场所（nobody_came）：没有近30天登记的排查卡台账中的条目",
    ):
        assert sentence in said


# -- The table of decisions

# state | serious | needs a permit | expires, days from today | ordinary | seen → outcome
DECISIONS = """
    已关停 | 是 | 是 |     | 是 | 是 | 已关停
    在营   | 是 | 是 | -1  | 是 | 是 | 停业整改
    停业   | 是 | 否 |     | 否 | 否 | 停业整改
    在营   | 否 | 是 |     | 是 | 是 | 未取证
    在营   | 否 | 是 | -1  | 是 | 是 | 证照到期
    在营   | 否 | 否 | -1  | 否 | 否 | 证照到期
    在营   | 否 | 是 | 0   | 是 | 是 | 限期整改
    停业   | 否 | 否 |     | 是 | 否 | 限期整改
    在营   | 否 | 是 | 0   | 否 | 是 | 正常
    在营   | 否 | 否 |     | 否 | 是 | 正常
    在营   | 否 | 是 | 300 | 否 | 否 | 待排查
    在营   |    | 否 |     |    |    | 待排查
"""


@pytest.mark.parametrize("line", DECISIONS.strip().splitlines(), ids=lambda line: line.replace(" ", ""))
def test_the_table_of_decisions(line: str) -> None:
    state, serious, needs, left, ordinary, seen, outcome = (cell.strip() for cell in line.split("|"))
    places = load(pack_files(FOLDER)).ledgers["places"]
    (rule,) = (rule for rule in places.rules if rule.key == "outcome")
    today = day("03-15")
    data = {
        "serious": serious or None,
        "needs_permit": needs,
        "expires": iso(today + int(left)) if left else None,
        "ordinary": ordinary or None,
        "seen": seen or None,
    }
    held = [c.value for c in rule.cases if compile_conditions(c.where, places)(data, state, OLD_STREET, "", today)]
    assert held == [outcome]


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("serious: {not: [是]}, needs_permit: 是, expires: {empty: true}}, is: 未取证", "", "pack-194"),  # a gap
        ("ordinary: 是}, is: 限期整改", "ordinary: {filled: true}}, is: 限期整改", "pack-195"),  # two at once
    ],
)
def test_a_hole_in_the_table_and_two_answers_are_told(was: str, now: str, code: str) -> None:
    files = pack_files(FOLDER)
    places = files["ledgers/places.yaml"]
    assert was in places
    kept = places.replace(was, now) if now else "\n".join(x for x in places.splitlines() if was not in x)
    _, problems = read_files({**files, "ledgers/places.yaml": kept})
    assert {p.code for p in problems} == {code}


# -- Stories


class Desk(Story):
    """The county's office, 2024, from 03-01."""

    def __init__(self) -> None:
        super().__init__("nine", str(FOLDER), day("03-01"))  # an absolute path stands for itself
        self.brigade = self.person("brigade", unit="XF")
        self.clerk = self.person("town_clerk", region=CHENG)
        self.checker = self.person("town_checker", region=CHENG)
        self.inspector = self.person("inspector", region=CHENG)
        said: dict[str, Any] = {"name": "老街旅馆", "class": "小旅馆", "keeper": "负责人甲", "area": 180, "exits": 1}
        said |= {"lodging": "未分隔", "lodgers": 6}
        self.place = entered(self.open("places", "03-04", "登记", self.clerk, **said))
        permit: dict[str, Any] = {"place": self.place, "issued_on": "2021-03-16", "expires": "2024-03-15"}
        entered(self.open("permits", "03-04", "发证", self.brigade, number="XFJC-001", **permit))

    def person(self, post: str, region: str = "", unit: str = "") -> Actor:
        return Actor(None, f"{post}-{next(self.ids)}", (Held(post, region=region, unit=unit),))

    def photo(self, taken: str = "") -> list[dict[str, str]]:
        words = f"photo-{next(self.ids)}"
        return self.drawn(words, f"{words}.jpg", taken=taken)

    def open(self, ledger: str, on: str, move: str, by: Actor, *, number: str = "", **said: Any) -> Outcome:
        return self.send(ledger, Step("create", day(on), move, said, OLD_STREET), number, by)

    def step(self, ledger: str, number: str, move: str, on: str, by: Actor, reason: str = "", **said: Any) -> Outcome:
        return self.send(ledger, Step("move", day(on), move, said, reason=reason), number, by)

    def inspect(self, on: str, exit_state: str, **more: Any) -> Outcome:
        clean = exit_state == "畅通"
        said: dict[str, Any] = {"place": self.place, "inspector": "网格员甲", "exit_state": exit_state, "wiring": "是"}
        said |= {"extinguishers": "是", "e_bikes": "否", "result": "没有隐患" if clean else "有隐患"}
        said |= {"photo": self.photo(), "signature": self.drawn("pen", "签字.jpg", pen=True), "refused": "是", **more}
        return self.open("cards", on, "排查", self.inspector, **said)

    def problem(self, on: str, move: str = "发现", by: Actor | None = None, **more: Any) -> Outcome:
        said: dict[str, Any] = {"place": self.place, "kind": "出口锁闭", "what": "后门上锁", "before": self.photo()}
        return self.open("problems", on, move, by or self.inspector, **{**said, **more})

    def fix(self, number: str, on: str, **more: Any) -> Outcome:
        said: dict[str, Any] = {"fixed": "拆锁", "fixed_by": "整改员丙", "after": self.photo(), "cost": 0.05, **more}
        kept = {k: v for k, v in said.items() if v is not None}
        return self.step("problems", number, "报整改", on, self.clerk, **kept)

    def close(self, number: str, on: str, by: Actor | None = None, checked_by: str = "复查员乙") -> Outcome:
        return self.step("problems", number, "销号", on, by or self.checker, checked_by=checked_by)

    def outcome(self) -> str:
        return str(self.record("places", self.place).data["outcome"])

    def listed(self, key: str, on: str) -> list[str]:
        return [x.number for x in work_list(self.here, find_list(self.here, key), self.here.regions.root, day(on))]


def entered(outcome: Outcome) -> str:
    assert outcome.status == "entered", [str(p) for p in outcome.problems]
    return outcome.number


def waits(outcome: Outcome) -> str:
    """What kept a change in the inbox, in words."""
    assert outcome.status == "waiting", outcome
    return " ".join(str(p) for p in outcome.problems)


@pytest.mark.django_db
def test_from_the_card_to_the_look_back_and_the_relapse() -> None:
    with clock.set_to(at("05-20")):
        desk = Desk()
        # Renewed at once: this story is not about its permit.
        entered(
            desk.step(
                "permits", "XFJC-001", "延续", "03-05", desk.brigade, "合格", expires="2027-03-14", file=desk.photo()
            )
        )
        assert desk.outcome() == "待排查"
        card = entered(desk.inspect("03-06", "锁闭"))
        assert "有一项不合格" in waits(desk.inspect("03-06", "堵塞", result="没有隐患"))
        number = entered(desk.problem("03-06", card=card))
        data = desk.record("problems", number).data
        assert [data[k] for k in ("grade", "way", "due")] == ["重大", "限期", "2024-03-13"]
        assert desk.record("problems", number).unit == "XF"
        assert desk.outcome() == "停业整改"
        assert (desk.listed("overdue", "03-13"), desk.listed("overdue", "03-14")) == ([], [number])

        assert "整改投入" in waits(desk.fix(number, "03-08", cost=None))  # asked for where it is a serious one
        entered(desk.fix(number, "03-08"))
        assert waits(desk.close(number, "03-11", by=desk.clerk))  # not his post
        assert "不能复查自己" in waits(desk.close(number, "03-11", checked_by="整改员丙"))
        entered(desk.close(number, "03-11"))
        assert "不能复核自己" in waits(desk.step("cards", card, "复核", "03-11", desk.checker, rechecker="网格员甲"))
        entered(desk.step("cards", card, "复核", "03-11", desk.checker, rechecker="复查员乙"))
        assert desk.outcome() == "正常"

        assert desk.record("problems", number).data["next_look"] == "2024-04-10"
        assert (desk.listed("look_missed", "04-10"), desk.listed("look_missed", "04-11")) == ([], [number])
        looked: dict[str, Any] = {"looked_by": "网格员甲", "look_photo": desk.photo()}
        assert "不能按反弹立案" in waits(desk.problem("04-11", "反弹立案", desk.clerk, relapse_of=number))
        entered(desk.step("problems", number, "发现反弹", "04-11", desk.inspector, "又上了锁", **looked))
        assert (desk.outcome(), desk.listed("relapsed", "04-11")) == ("停业整改", [number])
        # A relapse is a serious one, whatever it is.
        case = entered(
            desk.problem("04-11", "反弹立案", desk.clerk, relapse_of=number, kind="通道堵塞", what="门口堆货")
        )
        data = desk.record("problems", case).data
        assert [data[k] for k in ("grade", "way", "due")] == ["重大", "限期", "2024-04-18"]
        assert "还没有销号" in waits(desk.step("problems", number, "反弹办结", "04-15", desk.brigade))
        entered(desk.fix(case, "04-15"))
        entered(desk.close(case, "04-16"))
        entered(desk.step("problems", number, "反弹办结", "04-16", desk.brigade))
        assert desk.outcome() == "正常"
        data = desk.record("places", desk.place).data
        assert [data[k] for k in ("found", "cured", "visits", "last_visit")] == [2, 2, 1, "2024-03-06"]
        assert list(verify(desk.here)) == []
        assert check(desk.here) == []


@pytest.mark.django_db
def test_a_deadline_put_off_leaves_the_first_one_to_be_seen() -> None:
    with clock.set_to(at("05-20")):
        desk = Desk()
        number = entered(desk.problem("03-06", kind="电气线路", what="明线"))
        assert desk.record("problems", number).unit == "GD"  # the power company
        at_once = entered(desk.problem("03-06", kind="灭火器材", what="过期"))
        later = {"reason": "配件没到", "new_due": "2024-04-10"}
        assert "即改" in waits(desk.step("problems", at_once, "申请延期", "03-07", desk.clerk, **later))
        assert "期限已过" in waits(desk.step("problems", number, "申请延期", "03-22", desk.clerk, **later))
        entered(desk.step("problems", number, "申请延期", "03-21", desk.clerk, **later))
        entered(desk.step("problems", number, "批准延期", "03-22", desk.brigade))
        data = desk.record("problems", number).data
        assert (data["first_due"], data["due"]) == ("2024-03-21", "2024-04-10")


@pytest.mark.django_db
def test_a_permit_runs_out_overnight() -> None:
    with clock.set_to(at("03-15")):
        desk = Desk()
        entered(desk.inspect("03-15", "畅通"))
        assert (desk.outcome(), desk.listed("permits_over", "03-15")) == ("正常", [])
        assert tick(desk.here, int(at("03-15", 23).timestamp())).turned == []
    with clock.set_to(at("03-18", 0)):  # nobody did anything, and the server slept over the week-end
        (turn,) = tick(desk.here, int(at("03-18", 0).timestamp())).turned
        assert (turn.number, turn.field, iso(turn.on), turn.was, turn.now) == (
            desk.place,
            "outcome",
            "2024-03-16",
            "正常",
            "证照到期",
        )
        assert tick(desk.here, int(at("03-18", 1).timestamp())).turned == []
        figures = [
            table(desk.here, desk.here.pack.tables["towns"], "990901", day(on)).cells[CHENG, "expired"].text
            for on in ("03-15", "03-16")
        ]
        assert figures == ["0", "1"]
        assert desk.listed("permits_over", "03-16") == ["XFJC-001"]
        wrong = desk.step("places", desk.place, "更新", "03-18", desk.clerk, outcome="正常")
        entered(wrong)  # whatever is typed there
        record = desk.record("places", desk.place)
        assert (record.data["outcome"], len(record.flags)) == ("证照到期", 1)
        assert list(verify(desk.here)) == []
        assert check(desk.here) == []


@pytest.mark.django_db
def test_a_locked_exit_with_people_asleep_is_told_at_once_and_upward() -> None:
    """The alarm is on the place; what sets it off is a card, whose word the place mirrors."""
    with clock.set_to(at("03-06")):
        desk = Desk()
        for login, post, region in (
            ("ld", "town_head", CHENG), ("hk", "town_head", HE), ("xf", "brigade", ""), ("zb", "office", ""),
            ("sj", "auditor", ""),
        ):  # fmt: skip
            give_post(desk.campaign, User.objects.create_user(login), post, region=region)

        def told(minutes: int) -> list[str]:
            """Who was told by so many minutes after nine, and not before."""
            tick(desk.here, int((at("03-06") + timedelta(minutes=minutes)).timestamp()))
            new = Message.objects.filter(kind="alarm", read_at=None).order_by("pk")
            found = [m.user.username for m in new]
            new.update(read_at=clock.now())
            return found

        entered(desk.inspect("03-06", "堵塞"))
        assert told(0) == []
        entered(desk.inspect("03-06", "锁闭"))
        (message, _) = Message.objects.filter(kind="alarm")
        assert (message.title, message.at) == (
            "【警报】住宿未分隔场所出口锁闭：老街社区 九小场所台账（2024-03-06，CS-0001）",
            clock.now(),
        )
        assert sorted(told(29)) == ["ld", "xf"]  # the town's head and the brigade, not the next town's
        assert told(30) == ["zb"]
        assert told(119) == []
        assert sorted(told(120)) == ["sj", "zb"]
        entered(desk.inspect("03-06", "锁闭"))  # still locked: it is open, and not told again
        assert told(180) == []
    with clock.set_to(at("03-07")):
        entered(desk.inspect("03-07", "畅通"))
        viewer = Viewer(desk.here, desk.brigade)
        assert (alarms_of(viewer), len(alarms_of(viewer, over=True))) == ([], 1)
        entered(desk.inspect("03-07", "锁闭"))
        (alarm,) = alarms_of(viewer)
        acknowledge(viewer, alarm.pk)
        assert sorted(told(24 * 60)) == ["ld", "xf"]
        assert told(48 * 60) == []  # somebody has taken note
