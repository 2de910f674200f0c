"""The demonstration's videos are whole: every box in its place, the picture where the index says."""

from __future__ import annotations

import struct

from zhuanban.demo.film import film

_INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


def boxes(data: bytes, at: int = 0) -> dict[bytes, tuple[int, bytes]]:
    """Kind → where its body begins, and the body; of boxes inside boxes too."""
    found: dict[bytes, tuple[int, bytes]] = {}
    while data:
        length, kind = struct.unpack(">I4s", data[:8])
        assert 8 <= length <= len(data)
        found[kind] = (at + 8, data[8:length])
        if kind in _INSIDE:
            found |= boxes(data[8:length], at + 8)
        data, at = data[length:], at + length
    return found


def test_a_video_holds_one_picture_where_its_index_says() -> None:
    content = film("一")
    parts = boxes(content)
    assert list(parts)[:2] == [b"ftyp", b"moov"]
    start, sample = parts[b"mdat"]
    assert struct.unpack(">I", parts[b"stco"][1][8:12]) == (start,)
    assert struct.unpack(">I", parts[b"stsz"][1][12:16]) == (len(sample),)
    assert struct.unpack(">I", sample[:4]) == (len(sample) - 4,)
    assert sample[4] & 31 == 5  # a key frame
    assert len(sample) > 80 * 64 * 3 // 2  # every point of the picture, and its colours
    assert not any(bytes([0, 0, n]) in sample[4:] for n in range(4))  # nothing that a reader would take for a mark
    assert film("一") == content != film("二")
