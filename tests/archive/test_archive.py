"""Archives: what belongs to a record or a region, whole, in one zip that opens without the program."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tracemalloc
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from scripts.draw_annexes import draw, read
from tests.conftest import Office
from tests.evidence.samples import jpeg, mp4
from tests.lamps import JIA, PACK_ALONE, REGIONS, UNITS, YI
from zhuanban.archive import index_pdf
from zhuanban.archive.contents import of_record, of_region
from zhuanban.archive.parcel import index_rows, pieces
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, chinese, from_iso, iso
from zhuanban.core.problem import Refused
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.read import load, read_files
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = pytest.mark.django_db

PONDS = """
title: 塘坝台账
number: {title: 塘号}
amend_by: [county, town]
fields:
  owner: {title: 管护人, type: person, personal: name, seen_by: [county]}
  map: {title: 图纸, type: file}
  letter: {title: 来信, type: file, personal: contact, seen_by: [county]}
"""
VISITS = """
title: 巡塘台账
number: {title: 编号, pattern: "X-{seq:03}"}
amend_by: [county, town]
fields:
  pond: {title: 塘号, type: link, ledger: ponds, required: true}
  before: {title: 修前, type: photo}
  after: {title: 修后, type: photo}
  film: {title: 录像, type: video}
  guide: {title: 向导, type: person, personal: name, seen_by: [county]}
"""
# Two rows to a sheet: a third visit goes on in a copy.
ROUNDS = """
sheet: 巡塘
title: 巡塘情况表
line: A 填报：
column: 14 center 编号
column: 14 center 塘号
column: 14 center 向导
rows: 2 30
"""
FORMS = """
rounds:
  title: 巡塘情况表
  template: forms/rounds.xlsx
  ledger: visits
  head: 3
  first: 4
  printed: 2
  beyond: copies
  cells: {A2: "填报：{region}，{day}"}
  columns:
    A: {title: 编号, text: "{number}"}
    B: {title: 塘号, field: pond}
    C: {title: 向导, field: guide, reveal: true}
cover: {title: 封面, template: forms/rounds.xlsx, cells: {A2: "填报：{region}"}}
"""
ARCHIVES = """
pond_file:
  title: 一塘一档
  ledger: ponds
  heads:
    图纸: {fields: [ponds.map]}
    巡塘: {ledger: visits, by: pond, fields: [visits.film]}
    前后对比: {pairs: [visits.before, visits.after], by: pond}
    来信: {fields: [ponds.letter]}
    巡塘情况: {form: rounds, by: pond}
    封面: {form: cover}
village_file:
  title: 一村一档
  level: village
  heads: {塘坝: {ledger: ponds}, 巡塘: {ledger: visits}, 巡塘情况: {form: rounds}}
"""
FORM_FILES = {"forms.yaml": FORMS, "forms/rounds.xlsx": b64encode(draw(read(ROUNDS))).decode("ascii")}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.ZHUANBAN_HOME = tmp_path / "data"


PACK_FILES = {
    "pack.yaml": PACK_ALONE,
    "ledgers/ponds.yaml": PONDS,
    "ledgers/visits.yaml": VISITS,
    **FORM_FILES,
}


@pytest.fixture
def ponds(tmp_path: Path) -> Iterator[Campaign]:
    files = {**PACK_FILES, "archives.yaml": ARCHIVES}
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        campaign = create_campaign(
            "ponds", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01")
        )
        enter(campaign, "ponds", JIA, "T1", owner="王五", map=[kept(campaign, jpeg(1), "图/一.jpg")])
        enter(campaign, "ponds", YI, "T10", map=[kept(campaign, jpeg(2), "图.jpg")])
        pair = {"before": [kept(campaign, jpeg(3), "a.jpg")], "after": [kept(campaign, jpeg(4), "a.jpg")]}
        enter(campaign, "visits", JIA, "", pond="T1", film=[kept(campaign, mp4(), "录像.mp4")], **pair)
        enter(campaign, "visits", YI, "", pond="T10", before=[kept(campaign, jpeg(5), "别处.jpg")])
        yield campaign


def kept(campaign: Campaign, content: bytes, name: str) -> dict[str, str]:
    return keep(campaign, content, name, None)


def enter(campaign: Campaign, ledger: str, region: str, number: str, **fields: Any) -> None:
    step = Step("create", from_iso("2024-02-01"), set=fields, region=region)
    name = f"{ledger}-{number or len(fields)}-{fields.get('pond', '')}"
    (done,) = submit(campaign, [Change(name, ledger, (step,), number)], OPERATOR)
    assert done.status == "entered", done.problems


def opened(campaign: Campaign, number: str = "T1", actor: Actor = OPERATOR) -> zipfile.ZipFile:
    here = setting(campaign)
    viewer = Viewer(here, actor)
    contents = of_record(viewer, here.pack.ledgers["ponds"], number)
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces(viewer, contents))))


def test_a_record_s_archive_holds_its_parts_in_order(ponds: Campaign) -> None:
    parcel = opened(ponds)
    assert parcel.testzip() is None
    assert parcel.namelist() == [
        "目录.xlsx",
        "目录.pdf",
        "台账/塘坝台账.xlsx",
        "台账/巡塘台账.xlsx",
        "经过.xlsx",
        "校验.sha256",
        "01 图纸/T1/图纸_一.jpg",
        "02 巡塘/X-001/录像_录像.mp4",
        "03 前后对比/X-001/整治前_a.jpg",
        "03 前后对比/X-001/整治后_a.jpg",
        "05 巡塘情况/巡塘情况表.xlsx",
        "06 封面/封面.xlsx",
    ]


def test_originals_go_out_byte_for_byte_and_the_index_knows_each(ponds: Campaign) -> None:
    parcel = opened(ponds)
    sums = dict(reversed(line.split("  ", 1)) for line in parcel.read("校验.sha256").decode().splitlines())
    assert {path: hashlib.sha256(parcel.read(path)).hexdigest() for path in sums} == sums
    assert parcel.read("01 图纸/T1/图纸_一.jpg") == jpeg(1)
    sheet = load_workbook(io.BytesIO(parcel.read("目录.xlsx"))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    listed = [row for row in rows if isinstance(row[0], int)]
    assert [row[5] for row in listed] == list(sums)
    assert [row[1] for row in rows if row[9] == "缺：还没有材料"] == ["来信"]
    assert parcel.read("目录.pdf").startswith(b"%PDF-")


def test_photos_are_the_pages_of_the_printed_file(ponds: Campaign) -> None:
    viewer = Viewer(setting(ponds), OPERATOR)
    contents = of_record(viewer, viewer.setting.pack.ledgers["ponds"], "T1")
    assert [(item.field, item.page) for item in contents.items] == [
        ("图纸", "1"), ("录像", "电子件"), ("修前", "2"), ("修后", "3"), ("巡塘情况表", "另册"), ("封面", "另册"),
    ]  # fmt: skip
    assert [row[11] for row in index_rows(contents) if row[0]] == ["1", "电子件", "2", "3", "另册", "另册"]


def test_an_archive_of_an_earlier_day_holds_what_stood_then(ponds: Campaign) -> None:
    here = setting(ponds)
    later = Step("amend", from_iso("2024-02-20"), set={"map": [kept(ponds, jpeg(9), "新图.jpg")], "owner": "赵六"})
    gone = Step("withdraw", from_iso("2024-02-25"), reason="重复")
    for nth, (ledger, number, step) in enumerate((("ponds", "T1", later), ("visits", "X-001", gone))):
        (done,) = submit(ponds, [Change(f"later-{nth}", ledger, (step,), number)], OPERATOR)
        assert done.status == "entered", done.problems

    def names(on: str) -> tuple[list[str], list[str]]:
        viewer = Viewer(here, OPERATOR)
        contents = of_record(viewer, here.pack.ledgers["ponds"], "T1", from_iso(on))
        parcel = zipfile.ZipFile(io.BytesIO(b"".join(pieces(viewer, contents))))
        sheet = load_workbook(io.BytesIO(parcel.read("经过.xlsx"))).active
        events = [row[3] for row in sheet.iter_rows(values_only=True) if row[1] in ("T1", "X-001")]
        index = load_workbook(io.BytesIO(parcel.read("目录.xlsx"))).active
        assert f"截止日期：{chinese(from_iso(on))}" in [c.value for row in index.iter_rows() for c in row]
        return [n for n in parcel.namelist() if n.startswith(("01", "02", "03"))], events

    assert names("2024-02-10") == (
        ["01 图纸/T1/图纸_一.jpg", "02 巡塘/X-001/录像_录像.mp4", "03 前后对比/X-001/整治前_a.jpg",
         "03 前后对比/X-001/整治后_a.jpg"],
        ["登记", "登记"],
    )  # fmt: skip
    files, events = names("2024-02-25")
    assert files == ["01 图纸/T1/图纸_一.jpg", "01 图纸/T1/图纸_新图.jpg"]
    assert len(events) == 2  # the opening and the correction; the visit was withdrawn
    whole = of_region(Viewer(here, OPERATOR), JIA, from_iso("2024-02-10"))
    assert [i.number for i in whole.items if i.head == "巡塘"] == ["X-001"] * 3
    with pytest.raises(Refused) as refused:
        of_record(Viewer(here, OPERATOR), here.pack.ledgers["ponds"], "T1", from_iso("2024-01-31"))
    assert [p.code for p in refused.value.problems] == ["archive-005"]


def test_a_link_names_whole_numbers_only(ponds: Campaign) -> None:
    assert [n for n in opened(ponds, "T10").namelist() if n.startswith("0")] == [
        "01 图纸/T10/图纸_图.jpg",
        "03 前后对比/X-002/整治前_别处.jpg",
        "05 巡塘情况/巡塘情况表.xlsx",
        "06 封面/封面.xlsx",
    ]


def test_a_region_s_archive_holds_what_lies_in_it(ponds: Campaign) -> None:
    viewer = Viewer(setting(ponds), OPERATOR)
    contents = of_region(viewer, JIA)
    assert (contents.title, contents.subject, contents.empty) == ("一村一档", "甲村", ())
    assert [(i.head, i.number, i.field) for i in contents.items] == [
        ("塘坝", "T1", "图纸"),
        ("巡塘", "X-001", "修前"),
        ("巡塘", "X-001", "修后"),
        ("巡塘", "X-001", "录像"),
        ("巡塘情况", "", "巡塘情况表"),
    ]
    assert form_rows(contents.items[-1].content) == [["填报：甲村，2024-03-01"], ["X-001", "T1"]]


def form_rows(content: bytes | None) -> list[list[str]]:
    """What is written into the form: below its heads, and the line above them."""
    assert content is not None
    sheet = load_workbook(io.BytesIO(content)).active
    rows = [[str(v) for v in row if v is not None] for row in sheet.iter_rows(values_only=True)]
    return [row for row in (rows[1], *rows[3:]) if row]


def test_a_form_is_filled_for_the_record_and_stands_in_the_index(ponds: Campaign) -> None:
    enter(ponds, "visits", YI, "", pond="T1", guide="王五")  # one that lies elsewhere belongs to the pond all the same
    enter(ponds, "visits", JIA, "", pond="T1", guide="赵六", before=[kept(ponds, jpeg(6), "b.jpg")])
    parcel = opened(ponds)
    names = [f"05 巡塘情况/巡塘情况表_{n}-2.xlsx" for n in (1, 2)]
    assert [name for name in parcel.namelist() if name.startswith("05")] == names
    assert [form_rows(parcel.read(name)) for name in names] == [
        [["填报：甲村，2024-03-01"], ["X-001", "T1"], ["X-003", "T1", "王＊＊"]],
        [["填报：甲村，2024-03-01"], ["X-004", "T1", "赵＊＊"]],
    ]
    assert form_rows(parcel.read("06 封面/封面.xlsx")) == [["填报：甲村"]]
    sheet = load_workbook(io.BytesIO(parcel.read("目录.xlsx"))).active
    listed = {row[5].value: [cell.value for cell in row] for row in sheet.iter_rows() if isinstance(row[0].value, int)}
    content = parcel.read(names[1])
    assert listed[names[1]][1:5] == ["巡塘情况", "巡塘台账", "T1", "巡塘情况表"]
    assert listed[names[1]][6] == len(content)
    assert listed[names[1]][9:] == ["截至2024-03-01，由台账填写", hashlib.sha256(content).hexdigest(), "另册"]


def test_a_form_without_rows_is_missing(ponds: Campaign) -> None:
    enter(ponds, "ponds", JIA, "T3")
    viewer = Viewer(setting(ponds), OPERATOR)
    contents = of_record(viewer, viewer.setting.pack.ledgers["ponds"], "T3")
    assert (contents.empty, contents.absent) == (("图纸", "巡塘", "前后对比", "来信", "巡塘情况"), ())
    assert [item.path for item in contents.items] == ["06 封面/封面.xlsx"]


def test_beyond_so_many_files_the_printed_index_goes_on_in_another(
    ponds: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = Viewer(setting(ponds), OPERATOR)
    contents = of_record(viewer, viewer.setting.pack.ledgers["ponds"], "T1")
    set_: list[dict[str, Any]] = []
    monkeypatch.setattr(index_pdf, "VOLUME", 4)
    monkeypatch.setattr(index_pdf, "_pdf", lambda said: set_.append(said) or b"")
    assert [name for name, _ in index_pdf.index_pdfs(contents, index_rows(contents), [])] == ["目录.pdf", "目录_2.pdf"]
    assert [len(said["heads"]) for said in set_] == [6, 0]
    assert [[row[0] for row in said["rows"]] for said in set_] == [["1", "2", "3", "4"], ["5", "6"]]
    assert [row[-1] for said in set_ for row in said["rows"]] == ["1", "电子件", "2", "3", "另册", "另册"]
    assert set_[1]["title"] == "一塘一档目录（2）"


def test_an_index_that_cannot_be_set_is_said(ponds: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Refused) as refused:
        opened(ponds)
    assert [p.code for p in refused.value.problems] == ["archive-004"]


def test_a_video_is_a_file_like_any_other(ponds: Campaign) -> None:
    parcel = opened(ponds)
    assert parcel.read("02 巡塘/X-001/录像_录像.mp4") == mp4()
    contents = of_region(Viewer(setting(ponds), OPERATOR), JIA)
    (film,) = (item for item in contents.items if item.path.endswith(".mp4"))
    assert (film.field, film.sha256, film.note) == ("录像", hashlib.sha256(mp4()).hexdigest(), "")


def test_nobody_gets_in_a_parcel_what_he_may_not_see(ponds: Campaign) -> None:
    west = Actor(None, "west", (Held("town", region="411300102"),))
    with pytest.raises(Refused) as refused:
        opened(ponds, "T1", west)
    assert refused.value.problems[0].code == "ledger-001"
    enter(ponds, "ponds", JIA, "T2", owner="赵六", letter=[kept(ponds, jpeg(9), "赵六的信.jpg")])
    east = Actor(None, "east", (Held("town", region="411300101"),))
    parcel = opened(ponds, "T2", east)
    assert [n for n in parcel.namelist() if n.startswith("0")] == ["06 封面/封面.xlsx"]  # the letter is behind its mask
    for name in ("台账/塘坝台账.xlsx", "经过.xlsx"):
        assert "赵六" not in str([[c.value for c in r] for r in load_workbook(io.BytesIO(parcel.read(name))).active])


def test_memory_does_not_grow_with_the_files(ponds: Campaign) -> None:
    film = mp4(3_000_000)
    refs = [kept(ponds, film[:-4] + n.to_bytes(4, "big"), f"{n}.mp4") for n in range(8)]
    enter(ponds, "visits", JIA, "", pond="T1", film=refs)
    here = setting(ponds)
    viewer = Viewer(here, OPERATOR)
    contents = of_record(viewer, here.pack.ledgers["ponds"], "T1")
    total = sum(i.size for i in contents.items)
    for _ in pieces(viewer, contents):  # what is read once (fonts, code) is not to be counted
        pass
    tracemalloc.start()
    sent = sum(len(piece) for piece in pieces(viewer, contents))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > total > 4 * peak


def test_by_the_command(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    for name, text in {**PACK_FILES, "archives.yaml": ARCHIVES}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b64decode(text) if name.endswith(".xlsx") else text.encode())
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    where = ["--regions", tmp_path / "r.csv", "--units", tmp_path / "u.csv", "--start", "2024-01-01"]
    office.run("campaign", "create", "ponds", "--pack", folder, *where)
    office.python(
        f"""
        from tests.archive.test_archive import enter, jpeg, kept
        from zhuanban.people.models import Campaign
        ponds = Campaign.objects.get(name="ponds")
        enter(ponds, "ponds", "{JIA}", "T1", map=[kept(ponds, jpeg(1), "图.jpg")])
        enter(ponds, "visits", "{JIA}", "", pond="T1")
        """
    )
    target = tmp_path / "T1.zip"
    said = json.loads(office.run("archive", "ponds", "--record", "ponds/T1", "-o", target, "--json").out)
    assert {head["head"]: head["files"] for head in said["heads"]} == {
        "图纸": 1, "巡塘": 0, "前后对比": 0, "来信": 0, "巡塘情况": 1, "封面": 1,
    }  # fmt: skip
    assert said["missing"] == ["巡塘", "前后对比", "来信"]
    logged = json.loads(office.run("log", "ponds", "--json").out)
    taken = [look["detail"] for look in logged["entries"] if "archive" in look["detail"]]
    assert taken == [{"as_of": iso(clock.today()), "archive": "一塘一档", "subject": "塘坝台账 T1", "files": 3}]
    with zipfile.ZipFile(target) as parcel:
        assert form_rows(parcel.read("05 巡塘情况/巡塘情况表.xlsx"))[1:] == [["X-001", "T1"]]
    assert "没有说清" in office.run("archive", "ponds", "-o", target, code=1).err
    assert "ledger-001" in office.run("archive", "ponds", "--record", "ponds/T9", "-o", target, code=1).err


@pytest.mark.parametrize(
    ("archive", "codes"),
    [
        ("{title: 档, ledger: ponds, heads: {图: {fields: [ponds.map]}}}", ""),
        ("{title: 档, heads: {图: {fields: [ponds.map]}}}", "pack-014"),
        ("{title: 档, ledger: ponds, level: village, heads: {图: {ledger: ponds}}}", "pack-014"),
        ("{title: 档, ledger: ponds}", "pack-006"),
        ("{title: 档, ledger: pond, heads: {}}", "pack-022"),
        ("{title: 档, level: country, heads: {}}", "pack-027"),
        ("{title: 档, ledger: ponds, heads: {图: {}}}", "pack-014"),
        ("{title: 档, ledger: ponds, heads: {图: {fields: [map]}}}", "pack-097"),
        ("{title: 档, ledger: ponds, heads: {图: {fields: [ponds.mop]}}}", "pack-021"),
        ("{title: 档, ledger: ponds, heads: {图: {fields: [ponds.owner]}}}", "pack-098"),
        ("{title: 档, ledger: ponds, heads: {图: {pairs: [visits.before], by: pond}}}", "pack-099"),
        ("{title: 档, ledger: ponds, heads: {图: {ledger: visits}}}", "pack-150"),
        ("{title: 档, ledger: ponds, heads: {图: {ledger: visits, by: film}}}", "pack-150"),
        ("{title: 档, ledger: ponds, heads: {图: {form: annex}}}", "pack-151"),
        ("{title: 档, ledger: ponds, heads: {图: {form: rounds}}}", "pack-150"),
        ("{title: 档, ledger: ponds, heads: {图: {form: rounds, by: film}}}", "pack-150"),
        ("{title: 档, ledger: ponds, heads: {图: {form: rounds, by: pond}, 面: {form: cover}}}", ""),
        ("{title: 档, level: village, heads: {图: {form: rounds}}}", ""),
        ("{title: 档, level: village, heads: {图: {ledger: ponds, by: owner, optional: true}}}", "pack-183"),
    ],
)
def test_faults_of_archives_are_named(archive: str, codes: str) -> None:
    files = {**PACK_FILES, "archives.yaml": f"a: {archive}\n"}
    pack, found = read_files(files)
    assert [(p.code, p.place.file, p.place.line) for p in found] == [(c, "archives.yaml", 1) for c in codes.split()]
    assert (pack is None) == bool(codes)
