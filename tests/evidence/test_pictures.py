"""What pictures say about themselves, and their thumbnails."""

import io
import struct
import zlib
from datetime import datetime

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from tests.evidence import samples
from zhuanban.atlas.frames import Frame
from zhuanban.core.day import BEIJING, instant
from zhuanban.evidence import media, pictures
from zhuanban.evidence.pictures import Broken, TooManyPixels, facts, thumbnail

HALF_PAST_NINE = instant(datetime(2023, 12, 5, 9, 30, tzinfo=BEIJING))


@pytest.fixture
def said(tmp_path):
    def read(content: bytes, kind=media.JPEG):
        path = tmp_path / "picture"
        path.write_bytes(content)
        return facts(path, kind)

    return read


@pytest.mark.parametrize(
    ("kind", "format", "options"),
    [
        (media.JPEG, "JPEG", {}),
        (media.JPEG, "JPEG", {"progressive": True}),
        (media.PNG, "PNG", {}),
        (media.WEBP, "WEBP", {}),
        (media.WEBP, "WEBP", {"lossless": True}),
    ],
)
def test_size_time_and_place(said, kind, format, options):
    content = samples.encoded(samples.drawing(), format, exif=samples.exif(gps=samples.gps()), **options)
    found = said(content, kind)
    assert (found.width, found.height) == (640, 480)
    assert found.taken_at == HALF_PAST_NINE
    assert (found.place.lon, found.place.lat) == pytest.approx((112.53, 32.99), abs=1e-9)
    assert found.place.frame is Frame.WGS84
    assert found.place.accuracy_m is None
    assert len(found.likeness) == 16


def test_a_picture_may_say_nothing(said):
    found = said(samples.jpeg())
    assert (found.taken_at, found.place) == (None, None)


@pytest.mark.parametrize(
    ("taken", "offset", "at"),
    [
        ("2023:12:05 09:30:00", "", HALF_PAST_NINE),
        ("2023:12:05 09:30:00", "+08:00", HALF_PAST_NINE),
        ("2023:12:05 01:30:00", "+00:00", HALF_PAST_NINE),
        ("2023:12:04 20:30:00", "-05:00", HALF_PAST_NINE),
        ("2023:12:05 09:30:00", "东八区", HALF_PAST_NINE),
        ("0000:00:00 00:00:00", "", None),
        ("2023-12-05", "", None),
        ("", "", None),
    ],
)
def test_the_time_of_the_camera(said, taken, offset, at):
    assert said(samples.jpeg(exif=samples.exif(taken, offset))).taken_at == at


@pytest.mark.parametrize(
    ("place", "lon_lat"),
    [
        (samples.gps(lon_ref="W", lat_ref="S"), (-112.53, -32.99)),
        (samples.gps(lon=(0.0, 0.0, 0.0), lat=(0.0, 0.0, 0.0)), None),  # no fix
        (samples.gps(lon=(IFDRational(0, 0), IFDRational(0, 0), IFDRational(0, 0))), None),
        (samples.gps(lat=(132.0, 0.0, 0.0)), None),
        (samples.gps(lon=(112.0, 31.0)), None),
        ({ExifTags.GPS.GPSLongitude: (112.0, 31.0, 48.0)}, None),
    ],
)
def test_the_place_of_the_camera(said, place, lon_lat):
    found = said(samples.jpeg(exif=samples.exif(gps=place))).place
    assert (found and (found.lon, found.lat)) == (lon_lat and pytest.approx(lon_lat, abs=1e-9))


def test_the_datum_and_the_error_of_the_camera_are_kept(said):
    place = said(samples.jpeg(exif=samples.exif(gps=samples.gps(datum="GCJ-02", error=12.5)))).place
    assert (place.frame, place.accuracy_m) == (Frame.GCJ02, 12.5)


def test_broken_exif_is_not_a_broken_picture(said):
    content = bytearray(samples.jpeg(exif=samples.exif(gps=samples.gps())))
    start = content.index(b"Exif\0\0") + 6
    content[start + 8 : start + 60] = b"\xff" * 52
    found = said(bytes(content))
    assert (found.width, found.taken_at, found.place) == (640, None, None)


@pytest.mark.parametrize(("kind", "format"), [(media.JPEG, "JPEG"), (media.PNG, "PNG"), (media.WEBP, "WEBP")])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_cut_off_picture_is_broken(said, kind, format, share):
    content = samples.encoded(samples.drawing(), format)
    with pytest.raises(Broken):
        said(content[: int(len(content) * share)], kind)


def test_bytes_that_only_begin_like_a_picture_are_broken(said):
    for start, kind in (
        (b"\xff\xd8\xff\xe0", media.JPEG),
        (b"\x89PNG\r\n\x1a\n", media.PNG),
        (b"RIFF\0\0\0\0WEBP", media.WEBP),
    ):
        with pytest.raises(Broken):
            said(start + b"<html>" * 100, kind)


def png_of(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of that size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 4_001), (12_000, 10_001), (60_000, 60_000)])
def test_a_decompression_bomb_is_not_decoded(said, size):
    with pytest.raises(TooManyPixels):
        said(png_of(*size), media.PNG)


def test_a_large_jpeg_is_taken_where_a_large_progressive_one_is_not(said):
    """A phone's largest mode (here 49 million pixels) is decoded at an eighth; passes cannot be."""
    large = Image.new("L", (8_200, 6_000), 128)
    assert said(samples.encoded(large)).width == 8_200
    with pytest.raises(TooManyPixels):
        said(samples.encoded(large, progressive=True))


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_likeness_outlives_shrinking_and_recompression_and_tells_others_apart(said):
    originals = [samples.drawing(seed, (1600, 1200)) for seed in range(12)]
    looks = [said(samples.encoded(image, quality=95)).likeness for image in originals]
    for image, look in zip(originals, looks, strict=True):
        small = image.resize((640, 480), Image.Resampling.LANCZOS)
        assert distance(said(samples.encoded(small, quality=60)).likeness, look) <= 6
        assert (
            distance(said(samples.encoded(image.point(lambda v: min(255, v + 12)), "PNG"), media.PNG).likeness, look)
            <= 6
        )
    for n, look in enumerate(looks):
        assert all(distance(look, other) > 12 for other in looks[:n])


def test_an_empty_picture_has_no_likeness(said):
    assert said(samples.encoded(Image.new("RGB", (300, 300), "white"))).likeness is None


@pytest.mark.parametrize(("kind", "format"), [(media.JPEG, "JPEG"), (media.PNG, "PNG"), (media.WEBP, "WEBP")])
def test_a_thumbnail_is_small_upright_and_says_nothing(tmp_path, kind, format):
    image = Image.new("RGB", (800, 400), "red")
    image.paste("blue", (0, 0, 400, 400))
    turned = samples.exif(gps=samples.gps(), orientation=6)  # to be turned a quarter to the right
    path = tmp_path / "picture"
    path.write_bytes(samples.encoded(image, format, exif=turned, icc_profile=b"profile", quality=95))
    content = thumbnail(path, kind, 160)
    with Image.open(io.BytesIO(content)) as small:
        assert small.format == "JPEG"
        assert small.size == (80, 160)
        assert not small.getexif()
        assert small.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        top, bottom = small.getpixel((40, 20)), small.getpixel((40, 140))
        assert top[2] > 200 > 60 > top[0]  # blue, once on the left, is above
        assert bottom[0] > 200 > 60 > bottom[2]
    assert b"Exif" not in content


def test_a_signature_is_drawn_on_white(tmp_path):
    image = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    image.paste((0, 0, 90, 255), (100, 40, 200, 60))
    path = tmp_path / "signature"
    path.write_bytes(samples.encoded(image, "PNG"))
    with Image.open(io.BytesIO(thumbnail(path, media.PNG, 320))) as small:
        assert small.size == (300, 100)  # never enlarged
        assert min(small.getpixel((20, 20))) > 250


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_pictures_of_every_mode(said, tmp_path, mode):
    image = samples.drawing(mode="L") if mode == "I;16" else samples.drawing(mode="RGB" if mode == "P" else "L")
    content = samples.encoded(image.convert("I;16") if mode == "I;16" else image.convert(mode), "PNG")
    assert said(content, media.PNG).width == 640
    (tmp_path / "p").write_bytes(content)
    assert thumbnail(tmp_path / "p", media.PNG, 160).startswith(b"\xff\xd8\xff")


def test_ink_jpegs_and_jpegs_of_several_pictures(said):
    assert said(samples.encoded(samples.drawing(mode="CMYK"))).width == 640
    several = samples.encoded(samples.drawing(), "MPO", save_all=True, append_images=[samples.drawing(2, (160, 120))])
    assert (said(several).width, said(several).height) == (640, 480)


def test_the_limit_holds_for_the_whole_process():
    assert Image.MAX_IMAGE_PIXELS == pictures.MOST_PIXELS
