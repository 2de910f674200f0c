"""The worked examples of a rubric of 100 points: 甲县, 乙县, 丙工区, their records and marks, all through the door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.canals import time
from zhuanban.core.day import from_iso
from zhuanban.duty import actions as duty
from zhuanban.duty.actions import Target
from zhuanban.ledger.change import Change, Outcome, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight.scores import Scored, find_card, seen_score
from zhuanban.pack.read import load, pack_files
from zhuanban.pack.scorecard import Scorecard
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

FOLDER = Path(__file__).parent / "packs" / "rubric"
FILES = pack_files(FOLDER)
JIA, YI, BING = "411381", "411382", "411383"
NAMES = {JIA: "甲县", YI: "乙县", BING: "丙工区"}
REGIONS = f"""代码,名称,上级代码,启用日期,停用日期
411300,示例市,,,
{JIA},甲县,411300,,
{YI},乙县,411300,,
{BING},丙工区,411300,,
"""
UNITS = f"""代码,名称,简称,上级代码,区划代码
S1,甲县水利局,,,{JIA}
S2,乙县水利局,,,{YI}
S3,丙工区农办,,,{BING}
"""
DAY = "2022-09-30"

# Ledger: what its records say, per county; `n *` as many such records.
RECORDS: dict[str, dict[str, list[tuple[int, dict[str, Any]]]]] = {
    JIA: {
        "visits": [(4, {"kind": "党政主要领导督查"}), (2, {"kind": "督导"})],
        "nodes": [(12, {"due": "2022-08-10", "on_time": "是"}), (3, {"due": "2022-12-10"})],
        "boards": [
            (8, {"subject": "政府主体责任", "sound": "是"}), (2, {"subject": "政府主体责任", "sound": "否"}),
            (7, {"subject": "水利部门领导", "sound": "是"}), (1, {"subject": "水利部门领导", "sound": "否"}),
        ],
        "calls": [
            (19, {"kind": "管理人员", "answered": "是", "knows": "是"}), (1, {"kind": "管理人员", "answered": "否"}),
            (5, {"kind": "监督和服务", "answered": "是"}),
        ],
        "documents": [(1, {"kind": "运行管理办法", "issuer": "政府"})],
        "receipts": [(1, {"amount": 1_800_000}), (1, {"amount": 37_200})],
        "households": [(12, {"class": ["脱贫户"], "safe": "是"})],
        "problems": [
            (1, {"source": "上级交办", "late": "是"}), (2, {"source": "本次排查", "late": "是"}),
            (4, {"source": "信访", "due": "2022-12-31"}),
        ],
        "findings": [(1, {"part": "站容公示"}), (3, {"part": "报告宣传"})],
        "trainings": [(1, {"topic": "消毒"})],
        "articles": [
            (1, {"level": "县级", "published": "2022-08-01"}), (1, {"level": "市级", "published": "2022-08-05"}),
            (1, {"level": "县级", "published": "2022-08-09"}),
        ],
    },
    YI: {
        "visits": [(2, {"kind": "党政主要领导督查"})],
        "nodes": [(7, {"due": "2022-08-10", "on_time": "是"}), (2, {"due": "2022-08-20", "on_time": "否"})],
        "boards": [
            (7, {"subject": "政府主体责任", "sound": "是"}), (13, {"subject": "政府主体责任", "sound": "否"}),
            (7, {"subject": "水利部门领导", "sound": "是"}), (1, {"subject": "水利部门领导", "sound": "否"}),
        ],
        "calls": [
            (16, {"kind": "管理人员", "answered": "是", "knows": "是"}),
            (4, {"kind": "管理人员", "answered": "否", "knows": "否"}),
            (3, {"kind": "监督和服务", "answered": "是"}), (2, {"kind": "监督和服务", "answered": "否"}),
        ],
        "documents": [(1, {"kind": "运行管理办法", "issuer": "领导小组办公室"})],
        "receipts": [(1, {"amount": 620_000})],
        "households": [(9, {"class": ["其他"], "safe": "是"}), (3, {"class": ["脱贫户", "监测户"], "safe": "否"})],
        "problems": [(6, {"source": "信访", "late": "是"}), (3, {"source": "舆情"})],
        "findings": [
            (5, {"part": "站容公示"}), (1, {"part": "化验室"}), (2, {"part": "消毒"}), (4, {"part": "报告宣传"}),
        ],
        "articles": [(1, {"level": "县级", "published": "2022-08-01"})],
    },
    BING: {
        "visits": [(3, {"kind": "党政主要领导督查"})],
        "boards": [(6, {"subject": "政府主体责任", "sound": "是"}), (4, {"subject": "水利部门领导", "sound": "是"})],
        "calls": [
            (18, {"kind": "管理人员", "answered": "是", "knows": "是"}),
            (1, {"kind": "管理人员", "answered": "是", "knows": "否"}), (1, {"kind": "管理人员", "answered": "否"}),
            (4, {"kind": "监督和服务", "answered": "是"}),
        ],
        "documents": [(1, {"kind": "运行管理办法", "issuer": "其它部门"})],
        "receipts": [(1, {"amount": 123_600})],
        "households": [(11, {"class": ["监测户"], "safe": "是"}), (1, {"class": ["监测户"], "safe": "否"})],
        "problems": [(1, {"source": "上级交办", "late": "是"})],
        "findings": [(2, {"part": "报告宣传"})],
        "trainings": [(1, {"topic": "消毒"})],
        "articles": [
            (1, {"level": "县级", "published": "2022-08-01"}), (2, {"level": "省级以上", "published": "2022-08-02"}),
        ],
    },
}  # fmt: skip

# Works with what their test says: (class, people, tested, posted, passed).
WORKS = {
    JIA: [
        ("千吨万人", 600_000, True, "是", "是"), ("千人以上", 12_000, True, "否", "是"),
        ("千人以下", 400, False, "", ""), ("分散式", 0, False, "", ""),
    ],
    YI: [
        ("千吨万人", 300_000, True, "否", "是"), ("千人以上", 18_000, True, "否", "是"),
        *[("千人以下", 150, False, "", "")] * 4,
    ],
    BING: [("千人以上", 41_000, True, "是", "否"), ("千人以下", 200, True, "是", "是")],
}  # fmt: skip

# Problems that came again: number of the new one → of the old one.
RELAPSES = {
    YI: [("信访", f"problems-{YI}-2-{i}") for i in (1, 2, 3)],
    BING: [("上级交办", f"problems-{BING}-1-1")],
}

# Signed marks: what is marked → 甲县, 乙县, 丙工区.
MARKS: dict[str, tuple[Any, Any, Any]] = {
    "纳入县级综合评价体系": ("是", "是", "否"),
    "公示水利部门主要领导": ("是", "否", "是"),
    "公示水利部门主管领导": ("否", "是", "是"),
    "运行管理机构": ("批复且到位", "未成立", "批复且到位"),
    "应急预案已修订且可操作": ("是", "否", "是"),
    "建立动态排查机制": ("是", "是", "是"),
    "查看的供水站厂": (4, 4, 4),
    "重大事故、违纪和曝光": (0, 1, 0),
    "其中情况严重的": (0, 0, 0),
    "被披露或通报": (0, 1, 1),
    "披露或通报中情况严重的": (0, 0, 0),
    "市级以上典型发言": (0, 0, 1),
    "经验做法被市级转发": (1, 0, 3),
}

RULINGS = {
    "F-02": "三次得5分", "F-05": "按节点，没有节点得满分", "F-07": "两者都公示得3分", "F-08": "扣到0分为止",
    "F-09": "有一样就扣", "F-11": "至多2分", "F-12": "没有写的得0分", "F-13": "依印出次序取前一档",
    "F-16": "一个问题只扣一次", "F-17": "不达标不扣分", "F-19": "各部分分别扣", "F-20": "没有这类水厂得2分",
    "F-24": "严重的共扣5分", "F-25": "按日期，省级以上另计", "F-26": "加减相抵后至多5分",
    "F-28": "发言每次加5分", "F-29": "总分不限",
}  # fmt: skip

CITY = Actor(None, "market", (Held("city_office"),), title="市考评组")


def county(code: str) -> Actor:
    """The water office of a county."""
    return Actor(None, f"water-{code}", (Held("county_office", region=code),), title=f"{NAMES[code]}水利部门")


def make(folder: Path, files: dict[str, str] | None = None) -> Campaign:
    """The campaign, without any record."""
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    text = FILES if files is None else files
    return create_campaign(
        "rubric", text, load(text, "rubric"), folder / "regions.csv", folder / "units.csv", from_iso("2022-07-14"),
        demo_clock=True,
    )  # fmt: skip


def entered(campaign: Campaign, *changes: Change, actor: Actor = OPERATOR) -> list[Outcome]:
    """What the door says of changes that all enter."""
    outcomes = submit(campaign, changes, actor)
    assert [str(p) for o in outcomes for p in o.problems] == []
    return outcomes


def opened(ledger: str, number: str, code: str, fields: dict[str, Any], on: str = "2022-08-24") -> Change:
    step = Step("create", from_iso(on), set=fields, region=code)
    return Change(f"{ledger}/{number}"[-64:], ledger, (step,), number)


def fill(campaign: Campaign, *codes: str) -> None:
    """Every record of these counties but marks and rulings."""
    changes: list[Change] = []
    for code in codes:
        for ledger, kinds in RECORDS[code].items():
            for kind, (n, fields) in enumerate(kinds, 1):
                names = [f"{ledger}-{code}-{kind}-{i}" for i in range(1, n + 1)]
                changes += [opened(ledger, name, code, fields) for name in names]
        for i, (size, people, tested, posted, passed) in enumerate(WORKS[code], 1):
            works = f"G-{code}-{i}"
            changes.append(opened("works", works, code, {"class": size, "people": people}, "2022-07-20"))
            if tested:
                said = {"works": works, "posted": posted, "passed": passed}
                changes.append(opened("tests", f"J-{code}-{i}", code, said))
        for i, (source, old) in enumerate(RELAPSES.get(code, ()), 1):
            said = {"source": source, "relapse_of": old}
            changes.append(opened("problems", f"again-{code}-{i}", code, said, "2022-09-06"))
    entered(campaign, *changes)


def report(campaign: Campaign, unit: str, at: str, paper: Path) -> None:
    """A summary that is filled and sent at a moment."""
    with time(at):
        viewer = Viewer(setting(campaign), OPERATOR)
        target = Target("summary", unit, "2022-08-25")
        duty.fill(viewer, target, files=(paper,))
        duty.send(viewer, target)


def mark(code: str, about: str, value: Any, on: str = "2022-09-26", **more: Any) -> Change:
    """A mark of the office."""
    said = {"count" if isinstance(value, (int, float)) else "answer": value}
    fields = {"about": about, **said, "signer": "考评人甲", "reason": f"查看{about}", **more}
    step = Step("create", from_iso(on), "考评", fields, region=code)
    return Change(f"m-{code}-{about}", "score_lookback", (step,))


def marks(code: str) -> list[Change]:
    i = (JIA, YI, BING).index(code)
    return [mark(code, about, values[i]) for about, values in MARKS.items()]


def ruling(doubt: str, reading: str, on: str = "2022-09-20") -> Change:
    fields = {"doubt": doubt, "reading": reading, "office": "示例市水利局", "paper": f"示水函〔2022〕{doubt[-2:]}号"}
    return Change(f"r-{doubt}", "rulings_lookback", (Step("create", from_iso(on), "裁定", fields),))


def rulings(*without: str) -> list[Change]:
    """The rulings of the worked examples, some left out."""
    return [ruling(doubt, reading) for doubt, reading in RULINGS.items() if doubt not in without]


@contextmanager
def scored_campaign(folder: Path, *codes: str, without: tuple[str, ...] = ()) -> Iterator[Campaign]:
    """Everything of the worked examples, as of the last day of September."""
    with time("2022-07-14 09:00"):
        campaign = make(folder)
    paper = folder / "工作总结.txt"
    paper.write_text("总结", "utf-8")
    for unit, at in (
        ("甲县水利局", "2022-08-25 10:00"),
        ("丙工区农办", "2022-08-25 23:59:59"),
        ("乙县水利局", "2022-08-28 09:00"),
    ):
        report(campaign, unit, at, paper)
    with time(f"{DAY} 09:00"):
        fill(campaign, *codes)
        entered(campaign, *rulings(*without), *(each for code in codes for each in marks(code)), actor=CITY)
        yield campaign


def card_of(campaign: Campaign) -> Scorecard:
    return find_card(Viewer(setting(campaign), OPERATOR), "lookback")


def scored(campaign: Campaign, code: str, day: str = DAY, actor: Actor = OPERATOR) -> Scored:
    viewer = Viewer(setting(campaign), actor)
    return seen_score(viewer, find_card(viewer, "附件3"), code, from_iso(day))
