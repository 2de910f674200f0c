"""Archives: what belongs to a record or a region, whole, in one zip that opens without the program."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.evidence.samples import jpeg, mp4
from tests.lamps import FILES, JIA, REGIONS, UNITS, YI
from zhuanban.archive.contents import of_record, of_region
from zhuanban.archive.parcel import pieces
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
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
  film: {title: 录像, type: file}
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
village_file:
  title: 一村一档
  level: village
  heads: {塘坝: {ledger: ponds}, 巡塘: {ledger: visits}}
"""


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.ZHUANBAN_HOME = tmp_path / "data"


@pytest.fixture
def ponds(tmp_path: Path) -> Iterator[Campaign]:
    files = {
        "pack.yaml": FILES["pack.yaml"].partition("overview:")[0],
        "ledgers/ponds.yaml": PONDS,
        "ledgers/visits.yaml": VISITS,
    }
    files["archives.yaml"] = ARCHIVES
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


def test_a_link_names_whole_numbers_only(ponds: Campaign) -> None:
    assert [n for n in opened(ponds, "T10").namelist() if n.startswith("0")] == [
        "01 图纸/T10/图纸_图.jpg",
        "03 前后对比/X-002/整治前_别处.jpg",
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
    ]


def test_nobody_gets_in_a_parcel_what_he_may_not_see(ponds: Campaign) -> None:
    west = Actor(None, "west", (Held("town", region="411300102"),))
    with pytest.raises(Refused) as refused:
        opened(ponds, "T1", west)
    assert refused.value.problems[0].code == "ledger-001"
    enter(ponds, "ponds", JIA, "T2", owner="赵六", letter=[kept(ponds, jpeg(9), "赵六的信.jpg")])
    east = Actor(None, "east", (Held("town", region="411300101"),))
    parcel = opened(ponds, "T2", east)
    assert [n for n in parcel.namelist() if n.startswith("0")] == []  # behind its mask
    for name in ("台账/塘坝台账.xlsx", "经过.xlsx"):
        assert "赵六" not in str([[c.value for c in r] for r in load_workbook(io.BytesIO(parcel.read(name))).active])


def test_memory_does_not_grow_with_the_files(ponds: Campaign) -> None:
    film = mp4(3_000_000)
    refs = [kept(ponds, film[:-4] + n.to_bytes(4, "big"), f"{n}.mp4") for n in range(8)]
    enter(ponds, "visits", JIA, "", pond="T1", film=refs)
    here = setting(ponds)
    viewer = Viewer(here, OPERATOR)
    contents = of_record(viewer, here.pack.ledgers["ponds"], "T1")
    total = sum(i.file.size for i in contents.items)
    for _ in pieces(viewer, contents):  # what is read once (fonts, code) is not to be counted
        pass
    tracemalloc.start()
    sent = sum(len(piece) for piece in pieces(viewer, contents))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > total > 4 * peak


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
    ],
)
def test_faults_of_archives_are_named(archive: str, codes: str) -> None:
    files = {
        "pack.yaml": FILES["pack.yaml"].partition("overview:")[0],
        "ledgers/ponds.yaml": PONDS,
        "ledgers/visits.yaml": VISITS,
        "archives.yaml": f"a: {archive}\n",
    }
    pack, found = read_files(files)
    assert [(p.code, p.place.file, p.place.line) for p in found] == [(c, "archives.yaml", 1) for c in codes.split()]
    assert (pack is None) == bool(codes)
