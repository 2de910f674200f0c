"""A drawn stand-in for the scan of a stamped sheet: the rows that were reported, a round red stamp, a little askew."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1240, 1754  # A4 at 150 dots an inch
MARGIN, TOP, LINE = 60, 190, 22
RED = (200, 30, 40)


def scan(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], foot: str, unit: str) -> bytes:
    """A JPEG of one page: the title, the table as far as it fits, the line below it, the stamp of the unit."""
    page = Image.new("RGB", (WIDTH, HEIGHT), (250, 249, 245))
    draw = ImageDraw.Draw(page)
    draw.text((WIDTH / 2, 70), title, fill="#111111", font=_font(34), anchor="ma")
    draw.text((MARGIN, 145), f"填报单位：{unit}（盖章）", fill="#111111", font=_font(22))
    shown = list(rows[: (HEIGHT - TOP - 260) // LINE])
    widths = _widths([heads, *shown])
    bottom = TOP + LINE * (len(shown) + 1)
    for n, row in enumerate([heads, *shown]):
        left = MARGIN
        for text, width in zip(row, widths, strict=False):
            draw.text((left + 4, TOP + LINE * n + 2), _fitting(text, width - 8), fill="#222222", font=_font(15))
            left += width
        draw.line([(MARGIN, TOP + LINE * n), (MARGIN + sum(widths), TOP + LINE * n)], fill="#444444")
    draw.line([(MARGIN, bottom), (MARGIN + sum(widths), bottom)], fill="#444444")
    left = MARGIN
    for width in [0, *widths]:
        left += width
        draw.line([(left, TOP), (left, bottom)], fill="#444444")
    draw.text((MARGIN, bottom + 24), foot, fill="#111111", font=_font(24))
    _stamp(page, (WIDTH - 260, min(bottom + 110, HEIGHT - 170)), unit)
    out = io.BytesIO()
    page.rotate(0.7, Image.Resampling.BICUBIC, fillcolor=(235, 234, 230)).save(out, "JPEG", quality=70)
    return out.getvalue()


def _stamp(page: Image.Image, centre: tuple[int, int], unit: str) -> None:
    """A ring, a star, and the unit's name along the upper arc; the paper shines through."""
    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    x, y, radius = *centre, 120
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], outline=(*RED, 190), width=7)
    points = [
        (x + r * math.sin(math.pi * n / 5), y - r * math.cos(math.pi * n / 5))
        for n, r in ((n, 36 if n % 2 == 0 else 15) for n in range(10))
    ]
    draw.polygon(points, fill=(*RED, 190))
    step = min(0.45, 3.6 / max(1, len(unit) - 1))  # radians between two characters
    for n, character in enumerate(unit):
        angle = (n - (len(unit) - 1) / 2) * step
        tile = Image.new("RGBA", (44, 44), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((22, 22), character, fill=(*RED, 200), font=_font(30), anchor="mm")
        tile = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        at = round(x + 88 * math.sin(angle)) - 22, round(y - 88 * math.cos(angle)) - 22
        layer.alpha_composite(tile, at)
    page.paste(layer, (0, 0), layer)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Of the columns: by their longest text, the whole as wide as the page."""
    longest = [max(4, *(min(len(text), 16) for text in column)) for column in zip(*rows, strict=True)]
    return [(WIDTH - 2 * MARGIN) * n // sum(longest) for n in longest]


def _fitting(text: str, width: int) -> str:
    while text and _font(15).getlength(text) > width:
        text = text[:-1]
    return text


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return ImageFont.truetype(str(sorted(folder.rglob("*.[ot]tf"))[0]), size)
