"""What a picture says about itself: size, EXIF time and place, likeness; and its thumbnail. Pure, by Pillow."""

from __future__ import annotations

import io
import math
import re
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageOps

from zhuanban.atlas.frames import Frame, Point, frame_named
from zhuanban.core.day import BEIJING, instant
from zhuanban.evidence.media import JPEG, PNG, WEBP, Media

# A phone's largest mode makes 108 million pixels; a JPEG of that size is checked in a fraction of the memory, for it is
# decoded at an eighth. Other pictures, and JPEGs that come in passes, are decoded whole.
MOST_PIXELS = 120_000_000
MOST_PIXELS_WHOLE = 40_000_000
Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # also for whoever else opens pictures in this process
# Pillow warns of what is refused here anyway (sizes), or counts as not said (garbled EXIF).
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin")

THUMBNAIL_SIZES = (160, 320, 640, 1280)
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_LOOK = 32  # side of the small grey picture that a likeness is made of


class Broken(Exception):
    """The picture cannot be decoded to its end."""


class TooManyPixels(Exception):
    """The picture is larger than is decoded here: width, height, limit."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Size in pixels as stored (not turned), EXIF time (UTC microseconds) and place, likenesses (16 hex digits)."""

    width: int
    height: int
    taken_at: int | None
    place: Point | None
    likeness: str | None
    mirrored: str | None  # the likeness of the mirror image


def facts(path: Path, media: Media) -> Facts:
    """Decode the picture to its end and read what it says. Raises Broken, TooManyPixels."""
    try:
        with _opened(path, media) as image:
            width, height = image.size
            image.draft("L", (256, 256))
            image.load()
            taken_at, place = _exif(image)
            mirror = ImageOps.mirror(image.convert("L"))
            return Facts(width, height, taken_at, place, likeness(image), likeness(mirror))
    except (Broken, TooManyPixels):
        raise
    except Exception as why:  # hostile bytes make a decoder raise anything
        raise Broken(str(why)) from why


def thumbnail(path: Path, media: Media, side: int) -> bytes:
    """A JPEG no wider or higher than `side`, turned upright, on white, without EXIF or anything else of the original's.

    Raises Broken, TooManyPixels.
    """
    try:
        with _opened(path, media) as image:
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I"):  # sixteen bits a pixel: Pillow shrinks eight
                upright = upright.convert("L")
            upright.thumbnail((side, side))
            rgba = upright.convert("RGBA")
            plain = Image.new("RGB", rgba.size, "white")
            plain.paste(rgba, mask=rgba.getchannel("A"))
            out = io.BytesIO()
            plain.save(out, "JPEG", quality=82, optimize=True)
            return out.getvalue()
    except (Broken, TooManyPixels):
        raise
    except Exception as why:
        raise Broken(str(why)) from why


def _opened(path: Path, media: Media) -> Image.Image:
    try:
        image = Image.open(path, formats=[_FORMATS[media]])
    except Image.DecompressionBombError as why:
        size = re.search(r"\((\d+) pixels", str(why))
        raise TooManyPixels(size[1] if size else "?", 1, MOST_PIXELS) from why
    whole = media is not JPEG or bool(image.info.get("progressive"))
    limit = MOST_PIXELS_WHOLE if whole else MOST_PIXELS
    if image.width * image.height > limit:
        image.close()
        raise TooManyPixels(image.width, image.height, limit)
    return image


# EXIF -----------------------------------------------------------------------------------------------------------------


def _exif(image: Image.Image) -> tuple[int | None, Point | None]:
    """Time and place by EXIF. A camera's nonsense is no fault of the picture: what is unreadable was not said."""
    try:
        exif = image.getexif()
        return _taken_at(exif.get_ifd(ExifTags.IFD.Exif)), _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:
        return None, None


def _taken_at(ifd: dict[int, Any]) -> int | None:
    """DateTimeOriginal; by its own offset where it has one, else in Beijing time, as cameras here are set."""
    text = str(ifd.get(ExifTags.Base.DateTimeOriginal, "")).strip("\x00 ")
    try:
        moment = datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", str(ifd.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 "))
    zone = BEIJING
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        zone = timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    return instant(moment.replace(tzinfo=zone))


def _place(ifd: dict[int, Any]) -> Point | None:
    lon = _angle(ifd.get(ExifTags.GPS.GPSLongitude), ifd.get(ExifTags.GPS.GPSLongitudeRef), "W")
    lat = _angle(ifd.get(ExifTags.GPS.GPSLatitude), ifd.get(ExifTags.GPS.GPSLatitudeRef), "S")
    if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) <= 90) or (lon, lat) == (0, 0):
        return None  # 0,0 is what a camera without a fix writes
    frame = frame_named(str(ifd.get(ExifTags.GPS.GPSMapDatum, "")).strip("\x00 ")) or Frame.WGS84
    error = ifd.get(ExifTags.GPS.GPSHPositioningError)
    accuracy = float(error) if error is not None and math.isfinite(float(error)) and float(error) >= 0 else None
    return Point(lon, lat, frame, accuracy)


def _angle(parts: Any, side: Any, negative: str) -> float | None:
    if not isinstance(parts, tuple | list) or len(parts) != 3:
        return None
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    if not math.isfinite(degrees):
        return None
    return -degrees if str(side).strip("\x00 ").upper() == negative else degrees


# Likeness -------------------------------------------------------------------------------------------------------------


def likeness(image: Image.Image) -> str | None:
    """64 bits that stay nearly the same when a picture is shrunk, recompressed or brightened; None for an empty one.

    The lowest 8 × 8 waves of a small grey picture (DCT-II), each above or below the median of all but the mean.
    """
    grey = np.asarray(image.convert("L").resize((_LOOK, _LOOK), Image.Resampling.BOX), dtype=np.float64)
    if np.ptp(grey) < 2:
        return None
    waves = (_dct() @ grey @ _dct().T)[:8, :8].ravel()
    bits = waves > np.median(waves[1:])
    return np.packbits(bits).tobytes().hex()


NEAR_BITS = 6
_BANDS = NEAR_BITS + 1


def bands(likeness: str) -> list[int]:
    """The seven parts of a likeness: of two that differ in at most six bits, one part at least is the same."""
    bits = int(likeness, 16)
    edges = [64 * i // _BANDS for i in range(_BANDS + 1)]
    return [(bits >> low) & ((1 << (high - low)) - 1) for low, high in pairwise(edges)]


def is_near(one: str, other: str) -> bool:
    """Do two likenesses differ in at most six of 64 bits?"""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= NEAR_BITS


@lru_cache(maxsize=1)
def _dct() -> Any:
    """The DCT-II matrix: row k holds cos(π k (2n + 1) / 2N)."""
    n = np.arange(_LOOK)
    return np.cos(np.pi * n[:, None] * (2 * n[None, :] + 1) / (2 * _LOOK))
