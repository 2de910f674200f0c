"""Coordinate frames, and points as people write them."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhuanban.atlas.frames import (
    Frame,
    Point,
    frame_named,
    from_json,
    gcj02_to_wgs84,
    inside_china,
    metres_per_degree,
    parse,
    wgs84_to_gcj02,
)
from zhuanban.core.problem import Place, Problem

lons = st.floats(72.01, 137.83)
lats = st.floats(0.83, 55.82)


def metres_between(a, b):
    east, north = metres_per_degree(a[1])
    return math.hypot((a[0] - b[0]) * east, (a[1] - b[1]) * north)


@given(lons, lats)
@example(105.0, 35.0)  # the shift has a kink here
@example(105.0000001, 35.0000001)
def test_there_and_back_is_the_same_place(lon, lat):
    back = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))
    assert abs(back[0] - lon) < 1e-9
    assert abs(back[1] - lat) < 1e-9


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # Pairs that the open implementations of the shift agree on
        ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ],
)
def test_known_pairs(wgs84, gcj02):
    assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-11)


@given(st.floats(73.5, 135), st.floats(18, 53.5))
def test_the_shift_is_some_hundred_metres(lon, lat):
    assert 20 < metres_between((lon, lat), wgs84_to_gcj02(lon, lat)) < 1500


@pytest.mark.parametrize("place", [(139.69, 35.68), (2.35, 48.85), (-74.0, 40.7), (103.8, -1.3)])
def test_outside_china_nothing_is_shifted(place):
    assert not inside_china(*place)
    assert wgs84_to_gcj02(*place) == place
    assert gcj02_to_wgs84(*place) == place


def test_a_point_keeps_its_frame_until_it_is_compared():
    point = Point(112.5367, 32.9907, Frame.GCJ02, 12.0)
    assert point.as_json() == {"lon": 112.5367, "lat": 32.9907, "frame": "GCJ-02", "accuracy": 12.0}
    true = point.to_wgs84()
    assert true.frame is Frame.WGS84
    assert true.accuracy_m == 12.0
    assert wgs84_to_gcj02(true.lon, true.lat) == pytest.approx((112.5367, 32.9907), abs=1e-9)


def test_the_state_frame_is_taken_as_equal():
    assert Point(112.5, 33.0, Frame.CGCS2000).to_wgs84() == Point(112.5, 33.0, Frame.WGS84)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("WGS-84", Frame.WGS84),
        ("wgs84", Frame.WGS84),
        ("WGS 1984", Frame.WGS84),
        ("EPSG:4326", Frame.WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Frame.WGS84),
        ("CGCS2000", Frame.CGCS2000),
        ("国家2000", Frame.CGCS2000),
        ("2000国家大地坐标系", Frame.CGCS2000),
        ("urn:ogc:def:crs:EPSG::4490", Frame.CGCS2000),
        ("GCJ-02", Frame.GCJ02),
        ("ＧＣＪ０２", Frame.GCJ02),
        ("火星坐标", Frame.GCJ02),
        ("高德地图", Frame.GCJ02),
        ("BD-09", None),
        ("北京54", None),
        ("", None),
    ],
)
def test_frame_names(text, frame):
    assert frame_named(text) is frame


NANYANG = (112.53, 32.99)


@pytest.mark.parametrize(
    ("text", "lon_lat", "frame"),
    [
        ("112.53,32.99", NANYANG, Frame.WGS84),
        ("112.53，32.99", NANYANG, Frame.WGS84),
        (" 112.53 32.99 ", NANYANG, Frame.WGS84),
        ("112.53、32.99", NANYANG, Frame.WGS84),
        ("（112.53, 32.99）", NANYANG, Frame.WGS84),
        ("１１２．５３，３２．９９", NANYANG, Frame.WGS84),
        ("112.53°, 32.99°", NANYANG, Frame.WGS84),
        ("112.53° 32.99°", NANYANG, Frame.WGS84),
        ("E112.53,N32.99", NANYANG, Frame.WGS84),
        ("E112.53N32.99", NANYANG, Frame.WGS84),
        ("112.53E32.99N", NANYANG, Frame.WGS84),
        ("N32.99 E112.53", NANYANG, Frame.WGS84),
        ("东经112.53 北纬32.99", NANYANG, Frame.WGS84),
        ("北纬32.99，东经112.53", NANYANG, Frame.WGS84),
        ("经度：112.53；纬度：32.99", NANYANG, Frame.WGS84),
        ("纬度 32.99 经度 112.53", NANYANG, Frame.WGS84),
        ("lat=32.99, lng=112.53", NANYANG, Frame.WGS84),
        ("东经112°31′48″ 北纬32°59′24″", NANYANG, Frame.WGS84),
        ("东经112°31′48″北纬32°59′24″", NANYANG, Frame.WGS84),
        ("东经112度31分48秒，北纬32度59分24秒", NANYANG, Frame.WGS84),
        ("112°31'48\"E, 32°59'24\"N", NANYANG, Frame.WGS84),
        ("112°31’48”，32°59’24”", NANYANG, Frame.WGS84),
        ("112°31'48'' 32°59'24''", NANYANG, Frame.WGS84),
        ("112°31.8′ 32°59.4′", NANYANG, Frame.WGS84),
        ("112.53,32.99（GCJ-02）", NANYANG, Frame.GCJ02),
        ("高德坐标：112.53,32.99", NANYANG, Frame.GCJ02),
        ("CGCS2000 112.53,32.99", NANYANG, Frame.CGCS2000),
        ("国家2000坐标系：东经112°31′48″ 北纬32°59′24″", NANYANG, Frame.CGCS2000),
        ("坐标：112.53,32.99", NANYANG, Frame.WGS84),
    ],
)
def test_a_cell_is_read(text, lon_lat, frame):
    point = parse(text)
    assert isinstance(point, Point), point
    assert (point.lon, point.lat) == pytest.approx(lon_lat, abs=1e-12)
    assert point.frame is frame
    assert point.accuracy_m is None


def test_an_accuracy_is_read():
    assert parse("112.53,32.99 ±15米") == Point(*NANYANG, Frame.WGS84, 15.0)
    assert parse("112.53,32.99（精度约8.5m）") == Point(*NANYANG, Frame.WGS84, 8.5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "atlas-001"),
        ("村委会东侧50米", "atlas-001"),
        ("112.53", "atlas-001"),
        ("112.53,32.99,85", "atlas-001"),
        ("112.53,32.99 水井旁", "atlas-001"),
        ("东经112.53 东经32.99", "atlas-001"),
        ("112.53.1,32.99", "atlas-001"),
        ("32.99,112.53", "atlas-002"),
        ("东经32.99 北纬112.53", "atlas-002"),
        ("32°59′24″ 112°31′48″", "atlas-002"),
        ("0,0", "atlas-003"),
        ("11.253,32.99", "atlas-003"),
        ("西经112.53 北纬32.99", "atlas-003"),
        ("-112.53,32.99", "atlas-003"),
        ("38412345.12,3651234.5", "atlas-004"),
        ("BD-09 112.53,32.99", "atlas-005"),
        ("百度坐标 112.53,32.99", "atlas-005"),
        ("112°61′48″ 32°59′24″", "atlas-006"),
        ("112°31′60″ 32°59′24″", "atlas-006"),
    ],
)
def test_a_cell_that_says_no_place_gets_a_problem(text, code):
    place = Place(sheet="排查", cell="F7")
    problem = parse(text, place)
    assert isinstance(problem, Problem), problem
    assert (problem.code, problem.place) == (code, place)


def test_swapped_order_is_told_with_the_right_order():
    problem = parse("32.99，112.53")
    assert isinstance(problem, Problem)
    assert problem.advice == "应先写经度，后写纬度：112.53,32.99。"


@given(st.floats(74, 135), st.floats(4, 53), st.sampled_from(Frame))
def test_a_printed_point_is_read_again(lon, lat, frame):
    point = Point(lon, lat, frame)
    assert from_json(point.as_json()) == point
    again = parse(f"{lon:.9f},{lat:.9f} {frame.value}")
    assert isinstance(again, Point)
    assert (again.lon, again.lat) == pytest.approx((lon, lat), abs=1e-9)
    assert again.frame is frame


@given(st.text(alphabet="0123456789.°′″'\"EN东经北纬 ,-+±米度分秒", max_size=40))
def test_no_text_breaks_the_reader(text):
    assert isinstance(parse(text), Point | Problem)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "atlas-001"),
        ([112.53, 32.99], "atlas-001"),
        ({"lon": "112.53", "lat": 32.99}, "atlas-001"),
        ({"lon": True, "lat": 32.99}, "atlas-001"),
        ({"lon": math.nan, "lat": 32.99}, "atlas-001"),
        ({"lon": 32.99, "lat": 112.53}, "atlas-002"),
        ({"lon": 112.53, "lat": 32.99, "frame": "BD-09"}, "atlas-005"),
        ({"lon": 112.53, "lat": 32.99, "accuracy": -1}, "atlas-007"),
        ({"lon": 112.53, "lat": 32.99, "accuracy": "很准"}, "atlas-007"),
    ],
)
def test_a_field_value_that_says_no_place_gets_a_problem(value, code):
    problem = from_json(value)
    assert isinstance(problem, Problem), problem
    assert problem.code == code
