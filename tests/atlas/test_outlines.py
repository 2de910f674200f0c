"""Outlines of grid cells: loaded from GeoJSON, dated, and asked whether a point lies outside."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lamps import make
from zhuanban.atlas import shapes
from zhuanban.atlas.actions import Loaded, load_outlines
from zhuanban.atlas.frames import Frame, Point, metres_per_degree, wgs84_to_gcj02
from zhuanban.atlas.models import Outline
from zhuanban.atlas.queries import Where, metres_outside, where_is
from zhuanban.atlas.rules import read_outlines
from zhuanban.core.day import FAR_DAY, from_iso
from zhuanban.core.problem import Refused
from zhuanban.people.models import Campaign, Region

MARCH, MAY, JULY = (from_iso(f"2024-{month}-01") for month in ("03", "05", "07"))


def square(west=112.50, south=32.90, side=0.01):
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def feature(code, geometry, word="代码"):
    return {"type": "Feature", "properties": {word: code} if code is not None else {}, "geometry": geometry}


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def problems_of(*features, frame=Frame.WGS84, known=None, **more):
    return [p.code for p in read_outlines(collection(*features, **more), frame, known)[2]]


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "word", "read"),
    [
        ("411302", "代码", "411302"),
        (" 411302 ", "code", "411302"),
        (411302, "CODE", "411302"),
        (411302.0, "代码", "411302"),
        ("", "代码", None),
        (None, "代码", None),
        (True, "代码", None),
        (4.5, "代码", None),
        ("411302", "编号", None),
    ],
)
def test_the_code_is_read_as_mapping_programs_write_it(code, word, read):
    drawn, _, faults = read_outlines(collection(feature(code, square(), word)), Frame.WGS84, None)
    assert [d.code for d in drawn] == ([read] if read else [])
    assert [p.code for p in faults] == ([] if read else ["atlas-022"])


BOW_TIE = [[112.50, 32.90], [112.51, 32.91], [112.51, 32.90], [112.50, 32.91], [112.50, 32.90]]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "atlas-025"),
        ({"type": "Point", "coordinates": [112.5, 32.9]}, "atlas-025"),
        ({"type": "LineString", "coordinates": [[112.5, 32.9], [112.6, 32.9]]}, "atlas-025"),
        ({"type": "Polygon"}, "atlas-026"),
        ({"type": "Polygon", "coordinates": []}, "atlas-026"),
        ({"type": "Polygon", "coordinates": "112.5 32.9"}, "atlas-026"),
        ({"type": "Polygon", "coordinates": [[[112.5, 32.9], [112.6, 32.9], [112.6, 33.0]]]}, "atlas-026"),
        ({"type": "Polygon", "coordinates": [BOW_TIE]}, "atlas-026"),
        (square(3_654_321.0, 38_412_345.0, 500.0), "atlas-027"),
        (square(32.90, 112.50), "atlas-028"),
        (square(2.3, 48.8), "atlas-029"),
    ],
)
def test_a_broken_outline_gets_its_problem(geometry, code):
    assert problems_of(feature("A", geometry)) == [code]


def test_a_crossing_edge_is_named_with_its_place():
    _, _, faults = read_outlines(
        collection(feature("A", {"type": "Polygon", "coordinates": [BOW_TIE]})), Frame.WGS84, None
    )
    assert "边线自己相交（112.505000,32.905000 附近）" in faults[0].says


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b'{"type": "Feature"}',
        b'{"type": "FeatureCollection"}',
        b'{"type": "FeatureCollection", "features": []}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_collection_gets_one_problem(content):
    drawn, _, faults = read_outlines(content, Frame.WGS84, None, "边界.geojson")
    assert drawn == []
    assert [(p.code, p.place.file) for p in faults] == [("atlas-020", "边界.geojson")]


def test_all_faults_of_a_file_are_told_at_once():
    faults = problems_of(
        feature("A", square()),
        feature(None, square()),
        feature("B", None),
        feature("A", square(112.6)),
        feature("Z", square(2.3, 48.8)),
        "no feature",
        known={"A", "B"},
    )
    assert faults == ["atlas-022", "atlas-025", "atlas-024", "atlas-029", "atlas-022", "atlas-023"]


def test_an_old_text_in_gb18030_is_read():
    text = json.dumps(collection(feature("甲村", square())), ensure_ascii=False)
    drawn, _, faults = read_outlines(text.encode("gb18030"), Frame.WGS84, None)
    assert ([d.code for d in drawn], faults) == (["甲村"], [])
    assert read_outlines(b"\xef\xbb\xbf" + text.encode(), Frame.WGS84, None) == (drawn, Frame.WGS84, [])


@pytest.mark.parametrize(
    ("crs", "frame"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Frame.WGS84),
        ("urn:ogc:def:crs:EPSG::4490", Frame.CGCS2000),
        ("GCJ-02", Frame.GCJ02),
    ],
)
def test_a_frame_named_in_the_file_counts(crs, frame):
    named = collection(feature("A", square()), crs={"type": "name", "properties": {"name": crs}})
    assert read_outlines(named, Frame.WGS84, None)[1] is frame


@pytest.mark.parametrize("crs", [{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}, {}, "x"])
def test_an_unknown_frame_is_refused(crs):
    assert problems_of(feature("A", square()), crs=crs) == ["atlas-005"]


def test_gcj02_is_never_kept():
    shifted = shapes.move(shapes.from_text(json.dumps(square())), wgs84_to_gcj02)
    given = json.loads(shapes.to_text(shifted))
    drawn, _, faults = read_outlines(collection(feature("A", given)), Frame.GCJ02, None)
    assert faults == []
    corners = json.loads(drawn[0].geometry)["coordinates"][0]
    for corner, true in zip(corners, square()["coordinates"][0], strict=True):
        assert corner == pytest.approx(true, abs=1e-9)


# Measuring ------------------------------------------------------------------------------------------------------------


@given(st.floats(0, 2 * math.pi), st.floats(0.1, 5000))
def test_metres_outside_are_metres(direction, metres):
    """From a corner of the square outwards, so that the corner is what is nearest."""
    east, north = abs(math.cos(direction)), abs(math.sin(direction))
    per_east, per_north = metres_per_degree(32.91)
    point = Point(112.51 + east * metres / per_east, 32.91 + north * metres / per_north)
    assert shapes.metres_outside(shapes.from_text(json.dumps(square())), point) == pytest.approx(metres, rel=1e-3)


def test_a_degree_has_its_known_length():
    """As printed in tables of WGS-84, to the metre."""
    assert metres_per_degree(0.0) == pytest.approx((111_320, 110_574), abs=1)
    assert metres_per_degree(15.0) == pytest.approx((107_551, 110_649), abs=1)
    assert metres_per_degree(45.0) == pytest.approx((78_847, 111_132), abs=1)


# In a campaign --------------------------------------------------------------------------------------------------------


@pytest.fixture
def lamps(db, tmp_path: Path) -> Campaign:
    return make(tmp_path)


@pytest.fixture
def code(lamps: Campaign) -> str:
    return Region.objects.filter(campaign=lamps).order_by("-code").values_list("code", flat=True)[0]


INSIDE = Point(112.505, 32.905)


def test_inside_outside_and_no_outline(lamps, code):
    assert where_is(lamps, code, INSIDE, MARCH).where is Where.NO_OUTLINE
    assert load_outlines(lamps, collection(feature(code, square())), MARCH) == Loaded(1, 0)
    assert where_is(lamps, code, INSIDE, MARCH).where is Where.INSIDE
    assert where_is(lamps, code, Point(112.51, 32.905), MARCH).where is Where.INSIDE  # on the edge
    assert where_is(lamps, code, INSIDE, MARCH - 1).where is Where.NO_OUTLINE
    placement = where_is(lamps, code, Point(112.511, 32.905), MARCH)
    assert placement.where is Where.OUTSIDE
    assert placement.metres == pytest.approx(93.5, abs=0.2)
    assert where_is(lamps, "no such region", INSIDE, MARCH).where is Where.NO_OUTLINE


@pytest.mark.parametrize(
    ("point", "metres"),
    [
        ({"lon": 112.505, "lat": 32.905, "frame": "WGS-84"}, None),
        ({"lon": 112.511, "lat": 32.905, "frame": "WGS-84"}, 93.5),
        ({"lon": 112.511, "lat": 32.905}, 93.5),
        ({"lon": 112.5102, "lat": 32.905, "accuracy": 30}, None),  # 19 m out, may be 30 m off
        ({"lon": 112.5102, "lat": 32.905, "accuracy": 10}, 18.7),
        ({"lon": 112.511, "lat": 32.905, "accuracy": 5000}, 93.5),  # no fix is forgiven kilometres
        ({"lon": 112.505, "lat": 32.905, "frame": "GCJ-02"}, 87.3),  # in truth 550 m farther west
        ({"lon": 112.5115, "lat": 32.905, "frame": "GCJ-02"}, None),
        ({"lon": 112.5015, "lat": 32.905, "frame": "GCJ-02"}, pytest.approx(420, abs=60)),
        ({"lon": 11.2505, "lat": 32.905}, pytest.approx(9.46e6, rel=0.02)),  # a digit left out
        ({"lon": 112.511, "lat": 32.905, "frame": "BD-09"}, None),
        ({"lon": 112.511}, None),
    ],
)
def test_what_the_door_asks(lamps, code, point, metres):
    load_outlines(lamps, collection(feature(code, square())), MARCH)
    answer = metres_outside(lamps, code, point, MARCH)
    assert answer == (pytest.approx(metres, abs=0.2) if isinstance(metres, float) else metres)


def test_a_later_outline_does_not_rewrite_the_earlier(lamps, code):
    load_outlines(lamps, collection(feature(code, square())), MARCH)
    load_outlines(lamps, collection(feature(code, square(112.60))), JULY)
    load_outlines(lamps, collection(feature(code, square(112.55))), MAY)
    spans = Outline.objects.order_by("from_day").values_list("from_day", "to_day")
    assert list(spans) == [(MARCH, MAY), (MAY, JULY), (JULY, FAR_DAY)]
    centres = {112.505: MARCH, 112.555: MAY, 112.605: JULY}
    for lon, its_day in centres.items():
        for day in (MARCH, MAY, JULY):
            inside = where_is(lamps, code, Point(lon, 32.905), day).where is Where.INSIDE
            assert inside == (day == its_day)


def test_the_same_file_twice_changes_nothing(lamps, code):
    given = collection(feature(code, square()))
    load_outlines(lamps, given, MARCH)
    version = lamps.tree_version
    assert load_outlines(lamps, given, MARCH) == Loaded(0, 1)
    assert load_outlines(lamps, json.dumps(given, indent=2).encode(), MAY) == Loaded(0, 1)
    assert (lamps.tree_version, Outline.objects.count()) == (version, 1)


def test_another_outline_of_the_same_day_has_to_be_said_to_replace(lamps, code):
    load_outlines(lamps, collection(feature(code, square())), MARCH)
    other = collection(feature(code, square(112.60)))
    with pytest.raises(Refused) as refused:
        load_outlines(lamps, other, MARCH, file="新边界.geojson")
    assert [str(p.code) for p in refused.value.problems] == ["atlas-030"]
    assert "2024-03-01" in str(refused.value)
    assert where_is(lamps, code, INSIDE, MARCH).where is Where.INSIDE
    assert load_outlines(lamps, other, MARCH, replace=True) == Loaded(1, 0)
    assert where_is(lamps, code, INSIDE, MARCH).where is Where.OUTSIDE


def test_one_fault_keeps_the_whole_file_out(lamps, code):
    with pytest.raises(Refused) as refused:
        load_outlines(lamps, collection(feature(code, square()), feature("无此网格", square())), MARCH)
    assert [p.code for p in refused.value.problems] == ["atlas-024"]
    assert not Outline.objects.exists()


def test_asking_again_asks_no_database(lamps, code, django_assert_num_queries):
    load_outlines(lamps, collection(feature(code, square())), MARCH)
    where_is(lamps, code, INSIDE, MARCH)
    with django_assert_num_queries(0):
        assert where_is(lamps, code, INSIDE, MARCH).where is Where.INSIDE


def test_what_was_given_is_noted(lamps, code):
    load_outlines(lamps, collection(feature(code, square())), MARCH, frame=Frame.CGCS2000, file="勘界.geojson")
    row = Outline.objects.get()
    assert (row.given_frame, row.source) == ("CGCS2000", "勘界.geojson")
