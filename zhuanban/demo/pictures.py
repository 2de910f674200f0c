"""Drawn stand-ins for photographs and signatures: plainly drawings, each one different, the same for the same seed."""

from __future__ import annotations

import io
import random

from PIL import ExifTags, Image, ImageDraw


def picture(
    words: list[str], seed: str, signature: bool, taken: str = "", place: tuple[float, float] | None = None
) -> bytes:
    """A small JPEG: a house and a well with a stamp line, or a scribbled signature.

    `taken` (2018-05-17): the day on which the file itself says it was taken, at ten; `place`: where (longitude,
    latitude). Without them it says nothing.
    """
    rng = random.Random(seed)  # noqa: S311  (a drawing, not a secret)
    size = (240, 100) if signature else (320, 240)
    image = Image.new("RGB", size, "white" if signature else _colour(rng, 200, 235))
    draw = ImageDraw.Draw(image)
    if signature:
        x, y = 20, 50
        for _ in range(14):
            nx, ny = x + rng.randint(5, 20), 50 + rng.randint(-30, 30)
            draw.line([(x, y), (nx, ny)], fill="#203050", width=3)
            x, y = nx, ny
    else:
        # Patches light and dark: without them all drawings look alike, also to the check for pictures used twice.
        for left in range(0, 320, 40):
            for top in range(0, 240, 40):
                draw.rectangle([left, top, left + 39, top + 39], fill=_colour(rng, *rng.choice([(30, 90), (170, 250)])))
        left = rng.randint(20, 140)
        draw.rectangle([left, 80, left + 110, 180], fill=_colour(rng, 150, 220), outline="#404040")
        draw.polygon([(left - 10, 80), (left + 55, 35), (left + 120, 80)], fill=_colour(rng, 90, 150))
        well = rng.randint(200, 270)
        draw.ellipse([well - 25, 170, well + 25, 200], fill="#303030", outline="#d0d0d0", width=4)
        draw.rectangle([0, 218, 320, 240], fill="#00000080")
        draw.text(
            (6, 222), " ".join(w.encode("ascii", "ignore").decode() for w in [*words, seed]).strip(), fill="white"
        )
    out = io.BytesIO()
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken.replace('-', ':')} 10:00:00"
    if place:
        lon, lat = place
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLongitudeRef: "E",
                ExifTags.GPS.GPSLongitude: _degrees(lon),
                ExifTags.GPS.GPSLatitudeRef: "N",
                ExifTags.GPS.GPSLatitude: _degrees(lat),
            }
        )
    image.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()


def _degrees(angle: float) -> tuple[float, float, float]:
    """Degrees, minutes, seconds as cameras write them."""
    minutes, seconds = divmod(angle * 3600, 60)
    return float(minutes // 60), float(minutes % 60), round(seconds, 4)


def _colour(rng: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)
