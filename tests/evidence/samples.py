"""Contents of every kind, made here; no real photograph or paper among them."""

from __future__ import annotations

import io
import random
import struct
import zipfile

from PIL import ExifTags, Image, ImageDraw


def drawing(seed: int = 1, size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """A drawing of some rectangles and lines, another one for every seed."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, "#8899aa")
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        colour = tuple(chance.randrange(256) for _ in range(3))
        pen.rectangle([x, y, x + size[0] // 4, y + size[1] // 5], fill=colour)
    return image.convert(mode)


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def jpeg(seed: int = 1, **options: object) -> bytes:
    return encoded(drawing(seed), "JPEG", **options)


def exif(
    taken: str = "2023:12:05 09:30:00",
    offset: str = "",
    gps: dict[int, object] | None = None,
    orientation: int | None = None,
) -> Image.Exif:
    made = Image.Exif()
    if orientation:
        made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Make] = "相机".encode().decode("latin-1")
    ifd = made.get_ifd(ExifTags.IFD.Exif)
    if taken:
        ifd[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        ifd[ExifTags.Base.OffsetTimeOriginal] = offset
    if gps:
        made.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return made


def gps(lon: object = (112.0, 31.0, 48.0), lat: object = (32.0, 59.0, 24.0), **more: object) -> dict[int, object]:
    names = {"datum": ExifTags.GPS.GPSMapDatum, "error": ExifTags.GPS.GPSHPositioningError}
    return {
        ExifTags.GPS.GPSLongitudeRef: more.pop("lon_ref", "E"),
        ExifTags.GPS.GPSLongitude: lon,
        ExifTags.GPS.GPSLatitudeRef: more.pop("lat_ref", "N"),
        ExifTags.GPS.GPSLatitude: lat,
        **{names[key]: value for key, value in more.items()},
    }


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    return box(b"ftyp", major + b"\0\0\0\0" + b"".join(compatible))


def mp4(filling: int = 100) -> bytes:
    return ftyp(b"isom", b"isom", b"mp42") + box(b"moov", b"\0" * 40) + box(b"mdat", b"\7" * filling)


def heic() -> bytes:
    return ftyp(b"heic", b"mif1", b"heic") + box(b"meta", b"\0" * 60) + box(b"mdat", b"\7" * 100)


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def package(*names: str, content: bytes = b"<x/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return out.getvalue()


def docx(*more: str) -> bytes:
    return package("[Content_Types].xml", "word/document.xml", *more)


def xlsx(*more: str) -> bytes:
    return package("[Content_Types].xml", "xl/workbook.xml", *more)


def swelling() -> bytes:
    """Some kilobytes that say they unpack to more than a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", b"<x/>")
        for n in range(4):
            with made.open(f"xl/sheet{n}.xml", "w") as entry:
                for _ in range(300):
                    entry.write(b"\0" * 1_000_000)
    return out.getvalue()
