"""What the pack `canal-protection` makes of single cases of units and their people: who is told, who may, who knows.

All days are of 2021. The local operator acts where the story is not about who may do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.canals import time, utc
from tests.story import CanalStory
from zhuanban.core.day import from_iso
from zhuanban.duty.tick import tick
from zhuanban.ledger.change import ENTERED, WAITING, Outcome, Step
from zhuanban.ledger.queries import Viewer
from zhuanban.notify.actions import send_due
from zhuanban.notify.models import Message
from zhuanban.notify.queries import message_json, messages_of
from zhuanban.people.actions import give_post
from zhuanban.people.models import AccessLog, Holding, User
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.lists import find_list, work_list
from zhuanban.tally.queries import table

pytestmark = pytest.mark.django_db

VILLAGE, STREET = "411371002201", "JD"
INSIDE = {"lon": 112.49, "lat": 33.001, "frame": "CGCS2000"}
MISSED = "meetings_missed"

CLERK = Actor(None, "clerk", (Held("street_clerk", region="411371002", unit=STREET),))
OFFICE = Actor(None, "office", (Held("office"),))
COMMITTEE = Actor(None, "committee", (Held("committee"),))
# One person with both posts: what he proposed he does not decide.
BOTH = Actor(None, "both", (Held("office"), Held("committee")))


def contact(unit: str) -> Actor:
    return Actor(None, f"contact-{unit}", (Held("dept_contact", unit=unit),))


class Desk(CanalStory):
    def do(
        self,
        ledger: str,
        number: str,
        move: str,
        on: str,
        *,
        new: str | bool = False,
        by: Actor = OPERATOR,
        reason: str = "",
        **said: Any,
    ) -> Outcome:
        """One step; `new` opens the record, for a unit where it names one. Problems lie in the village."""
        unit = new if isinstance(new, str) else None
        region = VILLAGE if new and ledger == "problems" else None
        step = Step("create" if new else "move", day(on), move, said, region, unit, reason)
        return self.send(ledger, step, number, by)

    def found(self, number: str, on: str = "09-06", kind: str = "居民生活污染", **said: Any) -> Outcome:
        fields: dict[str, Any] = {"source": "新发现", "kind": kind, "what": "污水直排", "inspector": "孙某丙",
                  "place": INSIDE, "photo": self.photo, **said}  # fmt: skip
        return self.do("problems", number, "发现", on, new=STREET, **fields)

    def assigned(self, number: str, kind: str, due: str = "2021-11-30") -> None:
        self.do("staff", "RY-001", "到岗", "08-31", new=STREET, name="赵某甲")
        self.found(number, kind=kind)
        self.do("problems", number, "交办", "09-07", measure="整改", due=due, owner="RY-001")

    def person(self, login: str, post: str, unit: str = "", since: str = "08-29", until: str = "") -> User:
        """Somebody who holds a post from a day on, up to the day before `until`."""
        user = User.objects.create_user(login)
        held = give_post(self.campaign, user, post, unit=unit, from_day=day(since))
        if until:
            Holding.objects.filter(pk=held.pk).update(to_day=day(until))
        return user

    def names(self, key: str, on: str) -> list[str]:
        asked = find_list(self.here, key)
        return [each.number for each in work_list(self.here, asked, self.here.regions.root, day(on))]


def day(on: str) -> int:
    return from_iso(on if on.startswith("2") else f"2021-{on}")


@pytest.fixture
def desk(tmp_path: Path, settings: Any) -> Iterator[Desk]:
    settings.ZHUANBAN_HOME = tmp_path
    with time("2021-12-31 09:00"):
        yield Desk()


def says(outcome: Outcome) -> str:
    assert outcome.status == WAITING
    return "\n".join(map(str, outcome.problems))


# -- Who is told


def test_the_log_says_who_was_told_by_which_channel_and_when(desk: Desk, tmp_path: Path) -> None:
    """001-14, U04: the contact of 社会事业局 hands over on 10-18, and 附件3 is never sent. Nothing in the holiday."""
    desk.person("former", "dept_contact", "SH", until="10-18")
    desk.person("successor", "dept_contact", "SH", since="10-18")
    desk.person("head", "dept_head", "SH")
    (tmp_path / "channels.csv").write_text(
        "账号,地址\nformer,json://127.0.0.1:9/f\nsuccessor,json://127.0.0.1:9/s\nhead,xml://127.0.0.1:9/h\n", "utf-8"
    )
    went: list[str] = []
    for moment in (
        "09-30 08:59", "09-30 09:00", "10-06 09:00", "10-08 09:00", "10-20 08:59", "10-20 09:00", "10-21 09:00",
        "10-21 11:00", "10-21 12:00", "10-21 12:01", "10-22 12:00", "10-23 09:00",
    ):  # fmt: skip
        with time(f"2021-{moment}"):
            now = utc(f"2021-{moment}")
            tick(setting(desk.campaign), now)
            send_due(now * 1_000_000, lambda address, text: went.append(address) or "")
    log = [message_json(m) for m in messages_of(desk.campaign, None) if "_supervision/" in m.about]
    assert [
        (m["at"][5:16], m["to"], m["title"][:6], [(s["channel"], s["at"][5:16]) for s in m["sent"]])
        for m in reversed(log)
    ] == [
        ("09-30T09:00", "former", "【报送提醒】", [("json", "09-30T09:00")]),
        ("10-08T09:00", "former", "【逾期未报】", [("json", "10-08T09:00")]),
        ("10-20T09:00", "successor", "【报送提醒】", [("json", "10-20T09:00")]),
        ("10-21T09:00", "successor", "【报送提醒】", [("json", "10-21T09:00")]),
        ("10-21T11:00", "successor", "【报送提醒】", [("json", "10-21T11:00")]),
        ("10-21T12:01", "successor", "【逾期未报】", [("json", "10-21T12:01")]),
        ("10-22T12:00", "head", "【逾期告知】", [("xml", "10-22T12:00")]),
    ]
    assert set(went) == {f"json://127.0.0.1:9/{who}" for who in "fs"} | {"xml://127.0.0.1:9/h"}


def test_a_new_project_is_told_the_same_day_and_is_urgent_at_once(desk: Desk) -> None:
    """001-37."""
    desk.person("zj", "dept_contact", "ZJ")
    desk.person("jj", "dept_contact", "JJ")
    with time("2021-11-16 15:00"):
        assert desk.found("WT-1", "11-16", "违规新改扩建", what="新建厂房").status == ENTERED
    told = [message_json(m) for m in Message.objects.filter(kind="alarm").order_by("user__username")]
    assert [(m["to"], m["at"][:10]) for m in told] == [("jj", "2021-11-16"), ("zj", "2021-11-16")]
    assert desk.names("problems_urgent", "11-16") == ["WT-1"]
    assert desk.record("problems", "WT-1").data["guide"] == "经济发展局"


# -- Who may


def test_a_department_reads_anothers_problem_and_cannot_touch_it(desk: Desk) -> None:
    """001-58, 63."""
    desk.found("WT-1")
    for unit in ("ZJ", "SH"):
        viewer = Viewer(desk.here, contact(unit))
        assert viewer.record(desk.here.pack.ledgers["problems"], "WT-1").unit == STREET
        refused = desk.do("problems", "WT-1", "提出异议", "09-08", by=contact(unit), proposed_unit=STREET, reason="无")
        assert "您可以查看，不归您办理" in says(refused)
    assert desk.record("problems", "WT-1").version == 1


def test_a_look_at_a_number_of_another_department_is_logged(desk: Desk) -> None:
    """001-63."""
    desk.do("contacts", "LL-1", "明确", "08-31", new="ZJ", name="施某丙", phone="19900001003")
    ledger = desk.here.pack.ledgers["contacts"]
    viewer = Viewer(desk.here, contact("SH"))
    assert viewer.show(ledger, viewer.record(ledger, "LL-1"))["fields"]["phone"] == "199****1003"
    assert viewer.reveal(ledger, "LL-1", "phone", "通知开会") == "19900001003"
    (look,) = AccessLog.objects.filter(campaign=desk.campaign, what="reveal")
    assert (look.who, look.detail["number"], look.detail["reason"]) == ("contact-SH", "LL-1", "通知开会")


def test_who_proposed_a_circular_does_not_decide_it(desk: Desk) -> None:
    """001-67."""
    desk.do("circulars", "TB-1", "提出", "12-29", new="CZ", by=BOTH, facts="连续两周迟报")
    decided: dict[str, Any] = {"decision": "通报", "reason": "属实"}
    assert "提出" in says(desk.do("circulars", "TB-1", "决定", "12-30", by=BOTH, **decided))
    assert desk.do("circulars", "TB-1", "决定", "12-30", by=COMMITTEE, **decided).status == ENTERED


# -- What is asked of a unit


@pytest.mark.parametrize("kind", ["工业企业", "旅游餐饮", "其他经营场所"])
def test_a_project_is_closed_by_the_order_paper_and_what_was_ordered(desk: Desk, kind: str) -> None:
    """001-31."""
    desk.assigned("WT-1", kind)
    proof: dict[str, Any] = {"fixed": "已停业并拆除", "fix_photo": desk.after, "fixed_by": "赵某甲"}
    text = says(desk.do("problems", "WT-1", "申请销号", "09-10", by=CLERK, **proof))
    assert "责令文书" in text
    assert "分类措施" in text
    full = {**proof, "order_paper": desk.after, "action": ["责令停业", "拆除"]}
    assert desk.do("problems", "WT-1", "申请销号", "09-10", by=CLERK, **full).status == ENTERED


def test_a_number_of_the_provinces_app_is_typed_back_once(desk: Desk) -> None:
    """001-24."""
    for number in ("WT-1", "WT-2"):
        desk.found(number)
    assert desk.names("problems_not_in_app", "09-06") == ["WT-1", "WT-2"]
    typed: dict[str, Any] = {"app_no": "T41-X01", "app_by": "孙某丙"}
    assert desk.do("problems", "WT-1", "录入APP", "09-07", by=CLERK, **typed).status == ENTERED
    assert "已经记在另一个问题上" in says(desk.do("problems", "WT-2", "录入APP", "09-07", by=CLERK, **typed))
    assert desk.names("problems_not_in_app", "09-07") == ["WT-2"]


def test_readiness_is_not_ticked_without_a_dated_note(desk: Desk) -> None:
    """001-13."""
    desk.do("readiness", "DY-1", "列项", "08-31", new="CZ", item="保障措施")
    text = says(desk.do("readiness", "DY-1", "到位", "09-08"))
    assert "说明" in text
    assert "材料日期" in text
    assert desk.names("readiness_short", "09-08") == ["DY-1"]


def test_an_industry_plan_without_its_methods_is_short_and_never_late(desk: Desk) -> None:
    """001-27."""
    parts = {"aims": "是", "tasks": "是", "methods": "否", "measures": "是"}
    desk.do("industry_plans", "HY-1", "列项", "09-09", new="CZ")
    desk.do("industry_plans", "HY-1", "报备", "09-15", by=contact("CZ"), file_name="行业方案", **parts)
    assert "四部分不全" in says(desk.do("industry_plans", "HY-1", "确认齐全", "09-22", by=OFFICE))
    assert desk.record("industry_plans", "HY-1").state == "缺项"
    assert not {f for f in desk.here.pack.ledgers["industry_plans"].fields if "due" in f}


def test_more_paid_than_allotted_waits(desk: Desk) -> None:
    """001-57."""
    desk.do("funds", "ZJ-1", "申报", "10-15", new=STREET, purpose="清运", planned=50)
    desk.do("funds", "ZJ-1", "拨付", "11-05", allotted=40)
    assert "支付数大于拨付数" in says(desk.do("funds", "ZJ-1", "支付", "12-24", paid=41))
    assert desk.do("funds", "ZJ-1", "支付", "12-24", paid=40).status == ENTERED


@pytest.mark.parametrize(
    ("said", "guide"),
    [
        ({"rubbish": "城镇生活垃圾"}, "城市管理和综合执法局"),
        ({"sewage": "城市污水"}, "城市管理和综合执法局"),
        ({"sewage": "农村生活污水"}, "住房建设和生态环境局"),
        ({"rubbish": "工业垃圾", "kind": "固体废物堆存"}, "住房建设和生态环境局"),
        ({"kind": "网箱养殖"}, "社会事业局"),
    ],
)
def test_another_guides_and_the_street_puts_right(desk: Desk, said: dict[str, str], guide: str) -> None:
    """001-58, 59, 60."""
    assert desk.found("WT-1", **said).status == ENTERED
    problem = desk.record("problems", "WT-1")
    assert (problem.data["guide"], problem.unit) == (guide, STREET)


# -- Mechanisms


def test_the_meeting_that_october_lacks_is_on_the_list_from_november(desk: Desk) -> None:
    """001-65."""
    for month, last in (("09", "30"), ("10", "31"), ("11", "30"), ("12", "31")):
        plan: dict[str, Any] = {"month": f"2021-{month}", "nth": 1, "due": f"2021-{month}-{last}"}
        assert desk.do("meetings", f"HS-{month}", "列入计划", "09-02", new=True, by=OFFICE, **plan).status == ENTERED
    held: dict[str, Any] = {"chair": "管委会", "present": "六家单位", "agenda": "听取汇报"}
    desk.do("meetings", "HS-09", "召开", "09-28", by=OFFICE, **held)
    assert [desk.names(MISSED, on) for on in ("10-31", "11-01", "11-30")] == [[], ["HS-10"], ["HS-10"]]


def test_what_a_round_finds_is_a_problem_with_that_source(desk: Desk) -> None:
    """001-66: 9 places, 2 findings."""
    numbers = ["WT-1", "WT-2"]
    for number in numbers:
        fields: dict[str, Any] = {"source": "督导检查", "kind": "居民生活污染", "what": "生活污水外溢", "place": INSIDE}
        assert desk.do("problems", number, "转入", "11-10", new=STREET, by=OFFICE, **fields).status == ENTERED
    step = Step("create", day("11-10"), "检查", {"places": 9, "findings": numbers}, region="411371002")
    assert desk.send("rounds", step, "JC-1", COMMITTEE).status == ENTERED
    assert desk.record("rounds", "JC-1").data["next_on"] == "2021-12-10"
    shown = table(desk.here, desk.here.pack.tables["problem_sources"], desk.here.regions.root, day("11-10"))
    (row,) = (r for r in shown.rows if r.name == "督导检查")
    assert shown.cells[row.key, "found"].text == "2"


def test_a_dispute_that_nobody_ruled_on_is_late_and_so_is_the_outlet(desk: Desk) -> None:
    """001-U08: the clock of the rectification runs on beside that of the ruling."""
    desk.assigned("WT-1", "排污口", due="2021-11-20")
    desk.do("problems", "WT-1", "提出异议", "11-10", by=CLERK, proposed_unit="ZJ", reason="属市政管网")
    again = desk.do("problems", "WT-1", "提出异议", "11-12", by=CLERK, proposed_unit="SH", reason="也不归住建")
    assert "裁定期限不重算" in says(again)
    assert [desk.names("rulings_late", on) for on in ("11-15", "11-16")] == [[], ["WT-1"]]
    assert [desk.names("problems_overdue", on) for on in ("11-20", "11-21")] == [[], ["WT-1"]]
    assert desk.record("problems", "WT-1").unit == STREET
    desk.do("problems", "WT-1", "裁定责任", "11-26", by=OFFICE, reason="街道牵头")
    assert desk.names("problems_disputed", "11-26") == desk.names("rulings_late", "11-26") == []


def test_the_offices_line_changes_on_a_day(desk: Desk) -> None:
    """001-69."""
    desk.do("contact_line", "LX-1", "启用", "09-02", new="GW01", name="甲某", line="0377-00000000")
    desk.do("contact_line", "LX-1", "停用", "10-18")
    desk.do("contact_line", "LX-2", "启用", "10-18", new="GW01", name="乙某", line="0377-00000001")
    assert [desk.names("contact_line_now", on) for on in ("10-17", "10-18")] == [["LX-1"], ["LX-2"]]
