"""An office starts the look-back with what it has: its own heads, names for numbers, a folder of photos."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.story import Story
from zhuanban.archive.contents import of_record, of_region
from zhuanban.archive.parcel import pieces
from zhuanban.cli.lists import list_
from zhuanban.cli.told import history_lines
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Refused
from zhuanban.demo.pictures import picture
from zhuanban.duty.actions import duty_named
from zhuanban.duty.queries import board
from zhuanban.evidence.models import Upload
from zhuanban.ledger.change import Step
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight.population import find_draw
from zhuanban.pack.show import show
from zhuanban.people.log import say_detail
from zhuanban.people.models import User
from zhuanban.people.posts import Entry, enter_people
from zhuanban.people.scope import OPERATOR, actor_for
from zhuanban.sheets.actions import ImportReport, import_files
from zhuanban.tally.lists import find_list

ON = from_iso("2022-05-10")


class Office(Story):
    """A campaign of the look-back with nothing in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__("own", "source-lookback", from_iso("2022-04-29"))
        self.folder = folder

    def bring(self, ledger: str, text: str, **words: Any) -> ImportReport:
        """An import of a sheet typed as CSV."""
        sheet = self.folder / f"{ledger}.csv"
        sheet.write_text(text, "utf-8")
        return import_files(self.here, ledger, [sheet], OPERATOR, on=ON, **words)

    def records(self, ledger: str) -> list[Record]:
        return list(Record.objects.filter(campaign=self.campaign, ledger=ledger).order_by("number"))


@pytest.fixture
def own(db: None, tmp_path: Path) -> Iterator[Office]:
    with clock.set_to(datetime(2022, 5, 10, 9, tzinfo=BEIJING)):
        yield Office(tmp_path)


@pytest.mark.parametrize("head", ["责任单位", "单位", "街道办事处"])
def test_the_unit_is_understood_under_the_usual_heads(own: Office, head: str) -> None:
    report = own.bring("streets", f"街道,{head},列入日期\n狼山镇街道,狼山镇街道,2022-05-09\n")
    assert report.problems == []
    assert [own.here.units.name(each.unit) for each in own.records("streets")] == ["狼山镇街道"]


def test_a_missing_unit_is_called_as_the_ledger_calls_it(own: Office) -> None:
    report = own.bring("streets", "街道,列入日期\n狼山镇街道,2022-05-09\n")
    assert [each.says for each in report.problems] == ["“街道办事处”为空。"]
    assert "街道办事处相同的只有一个" in show(own.here.pack)


SOURCES = "水源地名称,登记日期\n长江狼山水源地,2022-05-01\n长江观音山水源地,2022-05-01\n"
PLAN = "水源地,版次,涉及街道,方案名称,施行日期\n{},1,狼山镇街道,整改方案,2022-05-09\n"


@pytest.mark.parametrize("said", ["长江狼山水源地", "《长江狼山水源地》", "SY-01", "ＳＹ－01"])
def test_a_linked_record_is_named_by_its_name_or_its_number(own: Office, said: str) -> None:
    own.bring("sources", SOURCES)
    assert own.bring("source_plans", PLAN.format(said)).problems == []
    assert [each.data["source"] for each in own.records("source_plans")] == ["SY-01"]
    again = own.bring("source_plans", PLAN.format(said) + " \n")
    assert (again.total("unchanged"), again.problems) == (1, [])


def test_a_name_that_several_records_bear_asks_for_the_number(own: Office) -> None:
    list_ = "问题序号,所在地,水源地名称,具体情况\n1,狼山镇街道,长江水源地,排污\n2,狼山镇街道,长江水源地,网箱\n"
    assert own.bring("superior_list", list_).total("new") == 2
    report = own.bring("problems", "所在街道,附表1序号,问题类型\n狼山镇街道,长江水源地,其他\n")
    said = [str(each) for each in report.problems if each.place.column == "附表1序号"]
    assert [each.partition("：")[2] for each in said] == [
        "“长江水源地”不止一条：1、2。请改填问题序号，写明是哪一条。（sheets-039）"
    ]


def test_an_empty_roster_says_that_it_is_what_keeps_duties_empty(own: Office) -> None:
    def hints() -> list[str]:
        return [each.says for each in board(Viewer(own.here, OPERATOR), clock.now() // 1_000_000).advice]

    assert "由“相关街道名单”得出，名单还是空的" in hints()[0]
    own.bring("streets", "街道,街道办事处,列入日期\n狼山镇街道,狼山镇街道,2022-05-09\n")
    assert hints() == []


def test_what_may_be_chosen_is_told_with_its_title(own: Office) -> None:
    viewer = Viewer(own.here, OPERATOR)
    duty, work = next(iter(own.here.pack.duties.values())), next(iter(own.here.pack.lists.values()))
    with pytest.raises(Refused, match=f"{duty.key}（{duty.title}）"):
        duty_named(viewer, "nope")
    with pytest.raises(Refused, match=f"{work.key}（{work.title}）"):
        find_list(own.here, "xx")
    with pytest.raises(Refused, match="可用的抽查：（无）"):
        find_draw(own.here, "nodraw")
    with pytest.raises(Refused, match="streets（相关街道名单）"):
        viewer.ledger("xx")


def test_no_archive_as_of_a_day_to_come(own: Office) -> None:
    own.bring("sources", SOURCES)
    viewer = Viewer(own.here, OPERATOR)
    with pytest.raises(Refused, match="2022-05-11 还没有到"):
        of_record(viewer, viewer.ledger("sources"), "SY-01", from_iso("2022-05-11"))
    with pytest.raises(Refused, match="2022-05-11 还没有到"):
        of_region(viewer, "320602", from_iso("2022-05-11"))


def test_the_log_speaks_the_words_of_the_pack(own: Office) -> None:
    def said(**detail: object) -> str:
        return say_detail(own.here, detail)

    assert said(form="annex", unit="HB", rows=8, format="check").endswith("单位：区环保局，行数：8，格式：核对")
    assert said(give="office", login="a") == f"任岗：{own.here.pack.posts['office'].title}，账号：a"
    assert said(archive="一源一档", subject="水源地台账 SY-01") == "档案：一源一档，对象：水源地台账 SY-01"
    assert said(ledger="problems", field="no") == "台账：环境问题台账，字段：原序号"
    assert said(ledger="gone", filter={"region": "320602"}) == "台账：gone，范围：区划：南通市崇川区"


def test_what_happened_is_told_by_names_in_an_archive(own: Office) -> None:
    post = next(iter(own.here.pack.posts))
    enter_people(own.campaign, [Entry("zhao", "赵某甲", post)])
    own.bring("sources", SOURCES)
    handover = {"street": "J010", "what": "核对"}
    actor = actor_for(User.objects.get(username="zhao"), own.campaign, ON)
    assert own.send("handovers", Step("create", ON, "交办", handover, "320602", "HB"), "", actor).status == "entered"
    number = own.records("handovers")[0].number
    viewer = Viewer(own.here, OPERATOR)
    parcel = b"".join(pieces(viewer, of_record(viewer, viewer.ledger("handovers"), number)))
    book = openpyxl.load_workbook(BytesIO(zipfile.ZipFile(BytesIO(parcel)).read("经过.xlsx")))
    text = "|".join(str(value) for row in book.worksheets[0].iter_rows(values_only=True) for value in row)
    assert "赵某甲（zhao）" in text
    assert "街道：狼山镇街道；事项：核对" in text


FOUND = (
    "所在街道,责任街道,水源地,问题类型,问题情况,整治标准,具体措施,时间节点,责任人,整治前照片,发现日期\n"
    "狼山镇街道,狼山镇街道,长江狼山水源地,其他,垃圾,ST-1,清理,2022-06-01,赵某甲,{},2022-05-09\n"
)


def test_photos_come_from_a_folder_beside_the_workbook(own: Office) -> None:
    own.bring("sources", SOURCES)
    own.bring("papers", "文号,名称,层级,登记日期\nST-1,整治标准,标准,2022-05-01\n")
    photos = own.folder / "照片"
    photos.mkdir()
    (photos / "现场1.jpg").write_bytes(picture(["1"], "1", signature=False))
    (photos / "现场2.jpg").write_bytes(picture(["2"], "2", signature=False))
    (photos / "说明.txt").write_text("不是照片", "utf-8")

    def said(cell: str, **words: Any) -> list[str]:
        report = own.bring("problems", FOUND.format(cell), **words)
        return [each.says for each in report.problems if each.place.column == "整治前照片"]

    assert said("现场1.jpg") == ["“现场1.jpg”：没有写明照片和附件放在哪里。"]
    assert said("现场3.jpg、../streets.csv", files=photos) == [
        "文件夹“照片”里没有“现场3.jpg”。",
        "文件夹“照片”里没有“../streets.csv”。",
    ]
    assert "是文本文件，这里要的是照片" in said("说明.txt", files=photos)[0]
    assert said("现场1.jpg、现场2", files=photos, dry_run=True) == []
    assert Upload.objects.count() == 0
    assert said("现场1.jpg、现场2", files=photos) == []
    assert [[each["name"] for each in one.data["before"]] for one in own.records("problems")] == [
        ["现场1.jpg", "现场2.jpg"]
    ]
    assert sorted(Upload.objects.values_list("name", flat=True)) == ["现场1.jpg", "现场2.jpg"]
    with pytest.raises(Refused, match="打不开"):
        said("现场1.jpg", files=own.folder / "没有")


def test_links_are_told_with_the_name_of_what_they_name(own: Office) -> None:
    own.bring("sources", SOURCES)
    own.bring("source_plans", PLAN.format("SY-01"))
    viewer = Viewer(own.here, OPERATOR)
    book = viewer.ledger("source_plans")
    said = viewer.history(book, own.records("source_plans")[0].number)
    assert "       水源地：SY-01 长江狼山水源地" in list(history_lines(viewer, book, said))


def test_a_list_tells_the_unit_and_what_it_asks_about(own: Office, capsys: pytest.CaptureFixture[str]) -> None:
    own.bring("sources", SOURCES)
    own.bring("papers", "文号,名称,层级,登记日期\nST-1,整治标准,标准,2022-05-01\n")
    photos = own.folder / "照片"
    photos.mkdir()
    (photos / "1.jpg").write_bytes(picture(["1"], "1", signature=False))
    assert own.bring("problems", FOUND.format("1.jpg"), files=photos).total("new") == 1
    overdue = next(
        x for x in own.here.pack.lists.values() if x.ledger == "problems" and "due" in {c.field for c in x.where}
    )
    list_.callback("own", overdue.key, from_iso("2022-06-20"), "", "", False)  # type: ignore[misc]
    assert "狼山镇街道  时间节点：2022-06-01" in capsys.readouterr().out
