"""Photographs of records: what is odd about them becomes a flag, and nothing is ever refused for it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageEnhance, ImageOps

from tests.beaches import E1, W1, amended, at, day, hut, make, moved
from tests.evidence import samples
from zhuanban.atlas.frames import Frame, Point, wgs84_to_gcj02
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, instant
from zhuanban.evidence.actions import Claim, keep
from zhuanban.evidence.models import File
from zhuanban.evidence.queries import open_original
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Attached, Record
from zhuanban.ledger.queries import Viewer
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = pytest.mark.django_db


@pytest.fixture
def beaches(tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    settings.ZHUANBAN_HOME = tmp_path / "home"
    with clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)):
        yield make(tmp_path)


def shot(campaign: Campaign, seed: int, taken: str = "", place: Point | None = None, **claim: Any) -> dict[str, str]:
    """A picture kept: `taken` by EXIF (`01-20`), or as its bringer claims (`at`, `point`)."""
    exif = samples.exif(f"2024:{taken.replace('-', ':')} 09:00:00" if taken else "")
    content = samples.encoded(samples.drawing(seed), "JPEG", exif=exif)
    when = claim.get("at")
    said = Claim(None if when is None else instant(datetime.fromisoformat(f"2024-{when}T09:00+08:00")), place)
    return keep(campaign, content, f"{seed}.jpg", claim=said)


def flags(campaign: Campaign, *changes: Change) -> list[str]:
    """Codes of the flags of the last record touched; every change enters."""
    outcomes = submit(campaign, changes, OPERATOR)
    assert [o.status for o in outcomes] == ["entered"] * len(changes), outcomes
    return Record.objects.get(number=outcomes[-1].number).flags


def test_after_before_and_the_same_picture_twice(beaches: Campaign) -> None:
    old, new, unknown = shot(beaches, 1, "01-10"), shot(beaches, 2, "01-20"), shot(beaches, 3)
    assert flags(beaches, hut("a", before=[old]), amended("b", "P-001", later=[new])) == []
    assert flags(beaches, amended("c", "P-001", later=[unknown])) == []  # neither time nor place: not judged
    claimed = shot(beaches, 4, at="01-05")
    assert flags(beaches, amended("d", "P-001", later=[claimed])) == [
        "“拆后照片”里有照片摄于 2024-01-05，早于“拆前照片”的 2024-01-10。"
    ]
    assert "“拆后照片”与“拆前照片”是同一张照片。" in flags(beaches, amended("e", "P-001", later=[old]))


def test_what_the_file_says_goes_before_what_its_bringer_claims(beaches: Campaign) -> None:
    both = shot(beaches, 1, "01-10", at="01-30")
    assert flags(beaches, hut("a", found="2024-01-20", before=[both])) == [
        "“拆前照片”里有照片摄于 2024-01-10，早于 2024-01-20。"
    ]


def test_a_picture_long_before_the_event(beaches: Campaign) -> None:
    old = shot(beaches, 1, "01-01")
    send = moved("b", "P-001", "拆除", "02-01", later=[old])
    assert flags(beaches, hut("a"), send) == ["“拆后照片”里有照片摄于 2024-01-01，早于 2024-01-02。"]


def test_a_picture_of_tomorrow_tells_of_a_wrong_clock(beaches: Campaign) -> None:
    assert flags(beaches, hut("a", before=[shot(beaches, 1, "06-01")])) == []  # it is the first of June
    assert flags(beaches, hut("b", before=[shot(beaches, 2, "06-02")])) == [
        "“拆前照片”里有照片摄于 2024-06-02，晚于收到的 2024-06-01。"
    ]


def test_a_picture_taken_elsewhere(beaches: Campaign) -> None:
    here, far = Point(110.01, 18.005), Point(110.01, 18.0104)
    assert flags(beaches, hut("a", place=at(1), before=[shot(beaches, 1, place=here)])) == []
    assert flags(beaches, hut("b", place=at(1), before=[shot(beaches, 2, place=far)])) == [
        "“拆前照片”里有照片拍摄于“位置”约 598 米之外，超过 200 米。"
    ]
    shifted = Point(*wgs84_to_gcj02(110.01, 18.005), Frame.GCJ02)
    assert flags(beaches, hut("c", place=at(1), before=[shot(beaches, 3, place=shifted)])) == []


def variants() -> dict[str, Image.Image]:
    picture = samples.drawing(7)
    return {
        "recompressed": picture,
        "smaller": picture.resize((320, 240)),
        "brighter": ImageEnhance.Brightness(picture).enhance(1.15),
        "mirrored": ImageOps.mirror(picture),
    }


@pytest.mark.parametrize("kind", variants())
def test_nearly_the_same_picture_on_two_records(beaches: Campaign, kind: str) -> None:
    first = keep(beaches, samples.jpeg(7), "一.jpg")
    other = keep(beaches, samples.encoded(variants()[kind], "JPEG", quality=60), "二.jpg")
    assert first["sha256"] != other["sha256"]
    assert flags(beaches, hut("a", before=[first])) == []
    assert flags(beaches, hut("b", before=[other])) == ["“拆前照片”里有照片与另一条目的照片相同或近似。"]


def test_another_picture_is_another_picture_and_ones_own_is_no_fault(beaches: Campaign) -> None:
    pictures = [shot(beaches, seed) for seed in range(1, 12)]
    for i, picture in enumerate(pictures):
        assert flags(beaches, hut(f"c{i}", before=[picture])) == []
    assert flags(beaches, amended("again", "P-001", owner="老陈", before=[pictures[0], shot(beaches, 40)])) == []
    assert File.objects.filter(bands__isnull=True).count() == 0


def test_the_other_record_is_named_to_whoever_may_see_it(beaches: Campaign) -> None:
    same = shot(beaches, 1)
    # Both in one batch: what is not written yet is looked at too.
    submit(beaches, [hut("a", before=[same], region=E1), hut("b", before=[same], region=W1)], OPERATOR)
    here = setting(beaches)
    west = Actor(None, "west", (Held("bay", region="460000102"),))
    for actor, seen in ((OPERATOR, [{"ledger": "huts", "number": "P-001"}]), (west, [])):
        events = Viewer(here, actor).history(here.pack.ledgers["huts"], "P-002")["events"]
        assert events[0]["alike"] == seen
        assert events[0]["flags"] == ["“拆前照片”里有照片与另一条目的照片相同或近似。"]


def test_a_file_knows_its_record_and_its_move(beaches: Campaign) -> None:
    before, later = shot(beaches, 1), shot(beaches, 2)
    submit(beaches, [hut("a", before=[before]), moved("b", "P-001", "拆除", "02-01", later=[later])], OPERATOR)
    rows = Attached.objects.order_by("version").values_list("record__number", "version", "field", "sha256")
    assert list(rows) == [("P-001", 1, "before", before["sha256"]), ("P-001", 2, "later", later["sha256"])]


def test_a_field_takes_only_its_kind(beaches: Campaign) -> None:
    film = keep(beaches, samples.mp4(), "录像.mp4")
    picture = shot(beaches, 1)
    refused = submit(beaches, [hut("a", before=[film]), hut("b", film=[picture])], OPERATOR)
    assert [o.problems[0].says for o in refused] == [
        "“拆前照片”所指的文件是视频，不是这一栏要的。",
        "“录像”所指的文件是照片，不是这一栏要的。",
    ]
    assert flags(beaches, hut("c", film=[film])) == []


def test_originals_are_untouched(beaches: Campaign) -> None:
    content = samples.jpeg(9, exif=samples.exif("2024:01:10 09:00:00"))
    ref = keep(beaches, io.BytesIO(content), "原.jpg")
    flags(beaches, hut("a", before=[ref]))
    flags(beaches, Change("b", "huts", (Step("withdraw", day("02-01"), reason="因"),), "P-001"))
    with open_original(beaches, ref["sha256"]).stream as stream:
        assert stream.read() == content
