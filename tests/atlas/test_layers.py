"""Layers of zones: files of every kind and frame, versions, hostile files, and in which zone a point lies."""

import json
import shutil
import sqlite3
import zipfile
from datetime import datetime

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.lamps import make
from zhuanban.atlas import shapes
from zhuanban.atlas.actions import load_zones
from zhuanban.atlas.frames import Frame, metres_per_degree, wgs84_to_gcj02
from zhuanban.atlas.gis import read_drawing
from zhuanban.atlas.models import LayerVersion, Zone
from zhuanban.atlas.queries import Zoned, editions, in_force, zone_of, zones_of_all
from zhuanban.atlas.zones import zones_of
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, FIRST_DAY, from_iso
from zhuanban.core.problem import Refused
from zhuanban.pack.values import OUTSIDE, Buffer, Layer, Option

BELT = Layer(
    "belt", "防护带", (Option("核心带"), Option("缓冲带", ("缓冲 带",))), ("带别", "TYPE"), ("名称", "NAME"),
    (Buffer("核心带", 50), Buffer("缓冲带", 150)),
)  # fmt: skip
CORE, WIDE = shapely.box(112.50, 32.90, 112.51, 32.91), shapely.box(112.49, 32.89, 112.52, 32.92)
CANAL = shapely.LineString([(112.40, 32.90), (112.45, 32.90), (112.48, 32.93)])


def write(path, rows, columns=("名称", "带别"), crs="EPSG:4490", driver=None, encoding=None, **options):
    """A file of (shape, *attributes)."""
    kinds = {row[0].geom_type for row in rows}
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(row[0]) for row in rows]),
        field_data=[np.array(column, dtype=object) for column in zip(*(row[1:] for row in rows), strict=True)],
        fields=np.array(columns),
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs=crs,
        driver=driver,
        encoding=encoding,
        **options,
    )
    return path


TWO = [(CORE, "甲", "核心带"), (WIDE, "乙", "缓冲 带")]


def geojson(path, *features, crs=None):
    made = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": None if shape is None else shapely.geometry.mapping(shape),
            }
            for shape, properties in features
        ],
    }
    if crs is not None:
        made["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    return path


def read(path, layer=BELT, **how):
    """(type, name, area) of every zone; no faults."""
    drawing = read_drawing(path, **how)
    made, faults, _ = zones_of(layer, drawing, path.name)
    assert [str(p) for p in faults] == []
    return drawing, {(zone.type, zone.name): zone.area for zone in made}


def codes(path, layer=BELT, **how):
    """The codes of everything that is wrong with a file."""
    try:
        drawing = read_drawing(path, **how)
    except Refused as refused:
        return [p.code for p in refused.problems]
    return [p.code for p in zones_of(layer, drawing, path.name)[1]]


# Kinds of files ------------------------------------------------------------------------------------------------------


def shapefile(folder, encoding="UTF-8", **options):
    path = write(folder / "带.shp", TWO, encoding=encoding, **options)
    (folder / "带.cpg").unlink()
    return path


def test_every_kind_of_file_says_the_same(tmp_path):
    for name in "abcd":
        (tmp_path / name).mkdir()
    gbk, utf8 = shapefile(tmp_path / "a", "GBK"), shapefile(tmp_path / "b", "UTF-8")
    (tmp_path / "b" / "带.cpg").write_text("ISO-8859-1")  # what some programs write whatever they wrote
    zipped = tmp_path / "c" / "带.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for side in sorted((tmp_path / "a").iterdir()):
            archive.write(side, f"../图层/{side.name}")
    files = [
        gbk,
        utf8,
        zipped,
        write(tmp_path / "d" / "带.gpkg", TWO, driver="GPKG"),
        write(tmp_path / "d" / "带.kml", TWO, crs="EPSG:4326", driver="KML"),
        geojson(tmp_path / "d" / "带.geojson", *((s, {"名称": n, "带别": t}) for s, n, t in TWO)),
    ]
    for path in files:
        _, zones = read(path)
        assert set(zones) == {("核心带", "甲"), ("缓冲带", "乙")}, path
        assert all(zones[key].equals_exact(shape, 1e-9) or zones[key].equals(shape)
                   for key, shape in ((("核心带", "甲"), CORE), (("缓冲带", "乙"), WIDE))), path  # fmt: skip


def test_a_geojson_in_gb18030_is_read(tmp_path):
    path = geojson(tmp_path / "x.geojson", (CORE, {"名称": "甲", "带别": "核心带"}))
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert set(read(path)[1]) == {("核心带", "甲")}


def test_the_type_may_be_the_name_of_a_folder_and_is_not_asked_of_a_layer_of_one_type(tmp_path):
    path = write(tmp_path / "x.gpkg", [(CORE, "甲", 1)], ("名称", "n"), driver="GPKG", layer="核心带")
    write(path, [(WIDE, "乙", 1)], ("名称", "n"), driver="GPKG", layer="缓冲带", append=True)
    assert set(read(path)[1]) == {("核心带", "甲"), ("缓冲带", "乙")}
    assert set(read(path, table="缓冲带")[1]) == {("缓冲带", "乙")}
    assert codes(path, table="外围") == ["atlas-046"]
    only = Layer("one", "一带", (Option("带内"),))
    assert set(read(geojson(tmp_path / "one.json", (CORE, {})), only)[1]) == {("带内", "")}


# Frames --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4326", "EPSG:4547", "EPSG:32649", "EPSG:4526"])
def test_degrees_and_metres_of_both_datums_lead_to_the_same_place(tmp_path, crs):
    import pyproj

    there = pyproj.Transformer.from_crs(pyproj.CRS(crs).geodetic_crs, crs, always_xy=True)
    drawn = shapes.through(CORE, lambda rows: np.column_stack(there.transform(rows[:, 0], rows[:, 1])))
    drawing, zones = read(write(tmp_path / "x.shp", [(drawn, "甲", "核心带")], crs=crs, encoding="UTF-8"))
    assert drawing.frame is (Frame.WGS84 if crs in ("EPSG:4326", "EPSG:32649") else Frame.CGCS2000)
    assert zones[("核心带", "甲")].normalize().equals_exact(CORE.normalize(), 1e-8)
    assert drawing.features[0].captured.normalize().equals_exact(drawn.normalize(), 1e-3)


def test_gcj_is_said_by_hand_and_never_kept_as_truth(tmp_path):
    path = geojson(tmp_path / "x.json", (shapes.move(CORE, wgs84_to_gcj02), {"带别": "核心带"}))
    drawing, zones = read(path, frame=Frame.GCJ02)
    assert drawing.frame is Frame.GCJ02
    assert zones[("核心带", "")].equals_exact(CORE, 1e-8)
    assert not drawing.features[0].captured.equals_exact(CORE, 1e-4)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("crs", "frame", "code"),
    [
        ("EPSG:4610", None, "atlas-005"),  # 西安80
        ("EPSG:4214", None, "atlas-005"),  # 北京54
        (None, None, "atlas-043"),
        ("EPSG:4547", Frame.GCJ02, "atlas-044"),
    ],
)
def test_a_frame_that_cannot_be_used_is_named(tmp_path, crs, frame, code):
    shape = shapely.box(500_000, 3_640_000, 501_000, 3_641_000) if crs == "EPSG:4547" else CORE
    path = write(tmp_path / "x.shp", [(shape, "甲", "核心带")], crs=crs, encoding="UTF-8")
    assert codes(path, frame=frame) == [code]


def test_a_geojson_in_an_unknown_frame_is_not_taken_for_wgs84(tmp_path):
    path = geojson(tmp_path / "x.json", (CORE, {"带别": "核心带"}), crs="BD-09")
    assert codes(path) == ["atlas-005"]
    assert codes(geojson(tmp_path / "y.json", (CORE, {"带别": "核心带"}), crs="urn:ogc:def:crs:EPSG::4490")) == []


def test_layers_of_one_file_in_two_frames(tmp_path):
    path = write(tmp_path / "x.gpkg", TWO, driver="GPKG", layer="a")
    write(path, TWO, driver="GPKG", layer="b", crs="EPSG:4326", append=True)
    assert codes(path) == ["atlas-045"]
    assert codes(path, table="b") == []


# Faults ---------------------------------------------------------------------------------------------------------------

BOW_TIE = shapely.Polygon([(112.50, 32.90), (112.51, 32.91), (112.51, 32.90), (112.50, 32.91)])
LOOPED = shapely.Polygon(  # a square whose edge makes a tiny loop at one corner
    [(112.50, 32.90), (112.51, 32.90), (112.51, 32.91), (112.4999, 32.91), (112.4999, 32.9099), (112.5001, 32.9101),
     (112.50, 32.9101)]
)  # fmt: skip
KIND = {"带别": "核心带", "名称": "甲"}


@pytest.mark.parametrize(
    ("shape", "properties", "code"),
    [
        (None, KIND, "atlas-051"),
        (shapely.Polygon(), KIND, "atlas-051"),
        (shapely.Point(112.5, 32.9), KIND, "atlas-050"),
        (BOW_TIE, KIND, "atlas-051"),
        (shapely.Polygon([(112.5, 32.9), (112.6, 32.9), (112.5, 32.9)]), KIND, "atlas-051"),
        (shapely.box(32.90, 112.50, 32.91, 112.51), KIND, "atlas-053"),
        (shapely.box(500_000, 3_640_000, 501_000, 3_641_000), KIND, "atlas-054"),
        (shapely.box(2.3, 48.8, 2.4, 48.9), KIND, "atlas-055"),
        (CORE, {"带别": "外围"}, "atlas-049"),
        (CORE, {"带别": None}, "atlas-049"),
        (CORE, {"类别": "核心带"}, "atlas-048"),
    ],
)
def test_every_fault_has_its_problem(tmp_path, shape, properties, code):
    assert codes(geojson(tmp_path / "x.json", (shape, properties))) == [code]


def test_all_faults_of_a_file_at_once(tmp_path):
    path = geojson(
        tmp_path / "x.json", (CORE, {"带别": "外围"}), (BOW_TIE, KIND), (CORE, KIND), (None, KIND),
        (shapely.box(32.90, 112.50, 32.91, 112.51), KIND),
    )  # fmt: skip
    assert sorted(codes(path)) == ["atlas-049", "atlas-051", "atlas-051", "atlas-053"]


def test_a_small_crossing_is_mended_and_said_a_large_one_is_refused_with_its_place(tmp_path):
    made, faults, notices = zones_of(BELT, read_drawing(geojson(tmp_path / "x.json", (LOOPED, KIND))))
    assert (faults, [p.code for p in notices]) == ([], ["atlas-052"])
    assert made[0].area.is_valid
    assert made[0].captured.equals_exact(LOOPED, 0)
    _, faults, _ = zones_of(BELT, read_drawing(geojson(tmp_path / "y.json", (BOW_TIE, KIND))))
    assert "边线自己相交（112.505000,32.905000 附近）" in faults[0].says


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "atlas-040"),
        (b"hello", "atlas-040"),
        (b"{", "atlas-020"),
        (b"{}", "atlas-020"),
        (b'{"type": "FeatureCollection", "features": []}', "atlas-047"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "atlas-040"),
        (b'<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><name>&a;</name></kml>', "atlas-041"),
        (b"<kml><Document><Placemark>", "atlas-041"),
        (b"SQLite format 3\x00" + b"x" * 4000, "atlas-041"),
        (b"PK\x03\x04" + b"x" * 400, "atlas-041"),
        (b"\x00\x00\x27\x0a" + b"\x00" * 96, "atlas-042 atlas-042"),
    ],
)
def test_what_is_no_layer_gets_one_clear_error(tmp_path, content, code):
    path = tmp_path / "x.dat"
    path.write_bytes(content)
    assert codes(path) == code.split()


def test_an_absent_file_and_an_empty_one(tmp_path):
    assert codes(tmp_path / "nothing.shp") == ["atlas-041"]
    assert codes(write(tmp_path / "x.gpkg", [], driver="GPKG", columns=())) == ["atlas-047"]


def test_what_a_shapefile_lacks_is_named(tmp_path):
    path = shapefile(tmp_path)
    (tmp_path / "带.shx").unlink()
    (tmp_path / "带.dbf").unlink()
    with pytest.raises(Refused) as refused:
        read_drawing(path)
    assert [p.says for p in refused.value.problems] == [
        "缺少与 Shapefile 同名的“带.shx”。",
        "缺少与 Shapefile 同名的“带.dbf”。",
    ]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(path, "in/带.shp")
    assert codes(tmp_path / "x.zip") == ["atlas-042", "atlas-042"]


def test_a_shapefile_cut_off_in_the_middle(tmp_path):
    path = shapefile(tmp_path)
    path.write_bytes(path.read_bytes()[:150])
    assert codes(path)
    assert set(codes(path)) <= {"atlas-041", "atlas-051"}


def test_a_database_that_is_no_geopackage(tmp_path):
    path = tmp_path / "x.gpkg"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE a (b)")
    base.commit()
    base.close()
    assert codes(path)[0] in ("atlas-041", "atlas-047")


# Buffers --------------------------------------------------------------------------------------------------------------


def test_zones_each_side_of_a_canal(tmp_path):
    _, zones = read(geojson(tmp_path / "x.json", (CANAL, {"名称": "总渠"})))
    core, wide = zones[("核心带", "总渠")], zones[("缓冲带", "总渠")]
    assert core.intersection(wide).area < 1e-12  # a ring without the inner one
    _, north = metres_per_degree(32.90)
    for metres, inside in ((49.9, core), (50.2, wide), (149.9, wide), (150.2, None)):
        for side in (1, -1):
            point = shapely.Point(112.42, 32.90 + side * metres / north)
            assert [z for z in (core, wide) if z.covers(point)] == ([inside] if inside else []), (metres, side)


def test_a_line_without_buffers_is_refused(tmp_path):
    layer = Layer("plain", "面层", (Option("核心带"),))
    assert codes(geojson(tmp_path / "x.json", (CANAL, {})), layer) == ["atlas-056"]


# Looking up -----------------------------------------------------------------------------------------------------------

boxes = st.lists(
    st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
              st.integers(0, 8), st.integers(0, 8), st.integers(1, 5), st.integers(1, 5)),
    min_size=1, max_size=8,
)  # fmt: skip
dots = st.lists(st.tuples(st.integers(-1, 14), st.integers(-1, 14)), min_size=1, max_size=30)


@given(boxes, dots)
def test_one_by_one_and_all_at_once_agree_with_the_plain_meaning(areas, points):
    lookup = shapes.Lookup(areas)
    plain = [next((i for i, a in enumerate(areas) if a.covers(shapely.Point(p))), -1) for p in points]
    assert [lookup.first(*p) for p in points] == plain
    assert lookup.first_of_all(*zip(*points, strict=True)).tolist() == plain


# Versions -------------------------------------------------------------------------------------------------------------

AT = {"lon": 112.505, "lat": 32.905, "frame": "CGCS2000"}


@pytest.fixture
def campaign(db, tmp_path):
    with clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)):
        yield make(tmp_path)


def place(campaign, month_day, point=AT):
    return zone_of(campaign, BELT, point, from_iso(f"2024-{month_day}"))


def test_a_changed_boundary_is_a_new_version(campaign, tmp_path):
    first = geojson(tmp_path / "1.json", (CORE, {"带别": "核心带"}), (WIDE, {"带别": "缓冲带"}))
    second = geojson(tmp_path / "2.json", (WIDE, {"带别": "缓冲带"}))
    loaded = load_zones(campaign, BELT, first)
    assert (loaded.new, loaded.edition.number, loaded.edition.from_day) == (True, 1, FIRST_DAY)
    assert loaded.counts == {"核心带": 1, "缓冲带": 1}
    assert place(campaign, "03-01") == Zoned("核心带", 1)  # in both: the stricter
    assert not load_zones(campaign, BELT, first, from_iso("2024-03-01")).new
    load_zones(campaign, BELT, second, from_iso("2024-04-01"))
    assert [place(campaign, day) for day in ("03-31", "04-01")] == [Zoned("核心带", 1), Zoned("缓冲带", 2)]
    load_zones(campaign, BELT, first, from_iso("2024-04-01"))  # loaded by mistake: the later number holds
    assert place(campaign, "04-01") == Zoned("核心带", 3)
    assert [(e.number, e.from_day) for e in editions(campaign, "belt")][1:] == [
        (2, from_iso("2024-04-01")),
        (3, from_iso("2024-04-01")),
    ]
    assert LayerVersion.objects.count() == 3


def test_what_was_captured_is_kept_beside_what_is_true(campaign, tmp_path):
    shifted = shapes.move(CORE, wgs84_to_gcj02)
    load_zones(campaign, BELT, geojson(tmp_path / "x.json", (shifted, {"带别": "核心带"})), frame=Frame.GCJ02)
    zone, version = Zone.objects.get(), LayerVersion.objects.get()
    assert version.given_frame == "GCJ-02"
    assert shapes.from_wkb(bytes(zone.captured)).equals_exact(shifted, 0)
    assert shapes.from_wkb(bytes(zone.area)).equals_exact(CORE, 1e-8)
    lon, lat = wgs84_to_gcj02(112.505, 32.905)
    assert place(campaign, "05-01", {"lon": lon, "lat": lat, "frame": "GCJ-02"}) == Zoned("核心带", 1)


def test_points_that_lie_nowhere_and_days_without_a_version(campaign, tmp_path):
    path = geojson(tmp_path / "x.json", (CORE, {"带别": "核心带"}))
    load_zones(campaign, BELT, path, from_iso("2024-03-01"))
    assert place(campaign, "02-29") is None
    assert place(campaign, "03-01", {"lon": 100.0, "lat": 30.0}) == Zoned(OUTSIDE, 1)
    assert place(campaign, "03-01", {"lon": "?"}) is None
    edition = in_force(campaign, "belt", from_iso("2024-03-01"))
    assert zones_of_all(campaign, BELT, edition, [AT, {"lon": "?"}, {"lon": 100.0, "lat": 30.0}]) == [
        "核心带",
        "",
        OUTSIDE,
    ]
    assert zones_of_all(campaign, BELT, None, [AT]) == [""]


def test_a_file_with_a_fault_loads_nothing_and_no_version_begins_tomorrow(campaign, tmp_path):
    path = geojson(tmp_path / "x.json", (CORE, {"带别": "核心带"}), (CORE, {"带别": "外围"}))
    with pytest.raises(Refused):
        load_zones(campaign, BELT, path)
    assert not LayerVersion.objects.exists()
    good = geojson(tmp_path / "y.json", (CORE, {"带别": "核心带"}))
    with pytest.raises(Refused) as refused:
        load_zones(campaign, BELT, good, from_iso("2024-06-02"))
    assert refused.value.problems[0].code == "atlas-057"
    shutil.rmtree(tmp_path)  # versions live in the database, not in the files that they came from
