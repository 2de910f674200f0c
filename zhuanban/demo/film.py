"""A drawn stand-in for a video: one second of still, plain H.264 in an MP4 that any player shows."""

from __future__ import annotations

import random
import struct

_WIDE, _HIGH = 5, 4  # in blocks of 16 × 16 points
_SPS, _PPS = b"\x67\x42\xc0\x0a", b"\x68"  # constrained baseline, level 1.0
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def film(seed: str) -> bytes:
    """An MP4 of 80 × 64 points, grey blocks in an order of their own for each seed; about 8 kB."""
    sps = _SPS + _Bits().ue(0, 0, 2, 1).u("0").ue(_WIDE - 1, _HIGH - 1).u("1", "1", "0", "0").end()
    pps = _PPS + _Bits().ue(0, 0).u("0", "0").ue(0, 0, 0).u("0", "00").se0(3).u("1", "0", "0").end()
    frame = _frame(random.Random(seed))  # noqa: S311  (a drawing, not a secret)
    sample = struct.pack(">I", len(frame)) + frame
    avcc = b"\x01\x42\xc0\x0a\xff\xe1" + struct.pack(">H", len(sps)) + sps + b"\1" + struct.pack(">H", len(pps)) + pps
    size = struct.pack(">2H", 16 * _WIDE, 16 * _HIGH)
    look = bytes(6) + b"\0\1" + bytes(16) + size + struct.pack(">3IH", 0x480000, 0x480000, 0, 1)
    entry = _box(b"avc1", look + bytes(32) + b"\0\x18\xff\xff" + _box(b"avcC", avcc))
    head = _box(b"ftyp", b"isom\0\0\2\0isomavc1mp41")

    def moov(at: int) -> bytes:
        table = (
            _full(b"stsd", struct.pack(">I", 1) + entry) + _full(b"stts", struct.pack(">3I", 1, 1, 1000))
            + _full(b"stsc", struct.pack(">4I", 1, 1, 1, 1)) + _full(b"stsz", struct.pack(">3I", 0, 1, len(sample)))
            + _full(b"stco", struct.pack(">2I", 1, at))
        )  # fmt: skip
        where = _box(b"dinf", _full(b"dref", struct.pack(">I", 1) + _full(b"url ", b"", 1)))
        media = _box(b"minf", _full(b"vmhd", bytes(8), 1) + where + _box(b"stbl", table))
        about = _full(b"mdhd", struct.pack(">4I2H", 0, 0, 1000, 1000, 0x55C4, 0))
        about += _full(b"hdlr", bytes(4) + b"vide" + bytes(13))
        big = struct.pack(">2I", 16 * _WIDE << 16, 16 * _HIGH << 16)
        track = _full(b"tkhd", struct.pack(">5I", 0, 0, 1, 0, 1000) + bytes(16) + _MATRIX + big, 3)
        movie = struct.pack(">4IIH", 0, 0, 1000, 1000, 0x10000, 0x100) + bytes(10) + _MATRIX + bytes(24) + b"\0\0\0\2"
        return _box(b"moov", _full(b"mvhd", movie) + _box(b"trak", track + _box(b"mdia", about + media)))

    at = len(head) + len(moov(0)) + 8
    return head + moov(at) + _box(b"mdat", sample)


def _frame(rng: random.Random) -> bytes:
    """One key frame; each block is given as its points (I_PCM), so that nothing has to be coded."""
    bits = _Bits().ue(0, 7, 0).u("0000").ue(0).u("0", "0").se0(1).ue(1)
    data = b""
    for _ in range(_WIDE * _HIGH):
        shade = rng.randrange(40, 220)
        data += bits.ue(25).aligned() + bytes([shade]) * 256 + bytes([128]) * 128
        bits = _Bits()
    return b"\x65" + data + b"\x80"


class _Bits:
    """Bits in the order in which H.264 writes them."""

    def __init__(self) -> None:
        self.text = ""

    def u(self, *bits: str) -> _Bits:
        self.text += "".join(bits)
        return self

    def ue(self, *numbers: int) -> _Bits:
        for n in numbers:
            code = f"{n + 1:b}"
            self.text += "0" * (len(code) - 1) + code
        return self

    def se0(self, times: int) -> _Bits:
        """Signed zeros."""
        return self.u("1" * times)

    def aligned(self) -> bytes:
        self.text += "0" * (-len(self.text) % 8)
        return bytes(int(self.text[i : i + 8], 2) for i in range(0, len(self.text), 8))

    def end(self) -> bytes:
        return self.u("1").aligned()


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, body: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags) + body)
