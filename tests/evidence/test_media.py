"""What is taken in and what is refused, by its bytes."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence import samples
from zhuanban.core.problem import Kind
from zhuanban.evidence import media, problems


def look(content: bytes):
    """As `keep` looks: at the first bytes, then at the whole."""
    found = media.first_look(content[: media.HEAD_BYTES])
    stream = io.BytesIO(content)
    if found is None:
        found = media.office(stream)
    if found is media.TEXT and not media.is_text(stream):
        return problems.UNKNOWN_TYPE
    return found


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.jpeg(), media.JPEG),
        (samples.encoded(samples.drawing(), "PNG"), media.PNG),
        (samples.encoded(samples.drawing(), "WEBP"), media.WEBP),
        (samples.heic(), media.HEIC),
        (samples.ftyp(b"mif1", b"mif1", b"heic"), media.HEIC),
        (samples.pdf(), media.PDF),
        (samples.mp4(), media.MP4),
        (samples.ftyp(b"qt  ", b"qt  "), media.MOV),
        (samples.ftyp(b"3gp4", b"isom"), media.GP3),
        (samples.docx(), media.DOCX),
        (samples.xlsx(), media.XLSX),
        ("会议记录\n一、到会人员\n".encode(), media.TEXT),
        ("会议记录\r\n一、到会人员\r\n".encode("gb18030"), media.TEXT),
        (b"\xef\xbb\xbf" + "代码,名称\n".encode(), media.TEXT),
        (b"MZ is how this sentence begins", media.TEXT),
        (b"3 < 5, a<b", media.TEXT),
        (b"<", media.TEXT),
        ("《通告》<一>".encode(), media.TEXT),
    ],
)
def test_what_is_taken_in(content, kind):
    assert look(content) is kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE html><html></html>", "evidence-004"),
        (b"\xef\xbb\xbf \n <HTML>", "evidence-004"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "evidence-004"),
        (b"<?xml version='1.0'?><svg/>", "evidence-004"),
        (b"<!-- --><script>1</script>", "evidence-004"),
        (b"note\n<script>alert(1)</script>", "evidence-004"),
        ("<html>".encode("utf-16"), "evidence-004"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "evidence-005"),
        (b"\x7fELF\x02\x01\x01", "evidence-005"),
        (b"#!/bin/sh\necho", "evidence-005"),
        (b"<?php echo 1;", "evidence-005"),
        (b"@ECHO OFF\r\ndel *", "evidence-005"),
        (b"\xca\xfe\xba\xbe\x00\x00", "evidence-005"),
        (samples.package("a.txt"), "evidence-006"),
        (samples.package("META-INF/MANIFEST.MF", "A.class"), "evidence-006"),
        (samples.package(), "evidence-006"),
        (b"Rar!\x1a\x07\x00", "evidence-006"),
        (b"7z\xbc\xaf\x27\x1c\x00", "evidence-006"),
        (b"\x1f\x8b\x08\x00", "evidence-006"),
        (b"a.txt".ljust(257, b"\0") + b"ustar\x0000", "evidence-006"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "evidence-007"),
        (samples.docx("word/vbaProject.bin"), "evidence-008"),
        (samples.xlsx("xl/macrosheets/sheet1.xml"), "evidence-008"),
        (samples.xlsx()[:-30], "evidence-009"),
        (b"PK\x03\x04nonsense", "evidence-009"),
        (samples.swelling(), "evidence-011"),
        (samples.xlsx(*(f"xl/s{n}.xml" for n in range(5_001))), "evidence-011"),
        (b"\x00\x01\x02\x03", "evidence-003"),
        (b"text and then \x00", "evidence-003"),
        (b"\xff\xfeh\x00i\x00", "evidence-003"),
        ("好".encode() + b"\xff\xff", "evidence-003"),
        (samples.ftyp(b"avif", b"avif", b"mif1"), "evidence-003"),
        (b"GIF89a\x01\x00\x01\x00\x00", "evidence-003"),
        (b"BM\x00\x00\x00\x00", "evidence-003"),
    ],
)
def test_what_is_refused(content, code):
    found = look(content)
    assert isinstance(found, Kind), found
    assert found.code == code


@given(st.binary(max_size=300))
def test_no_bytes_break_the_look(content):
    assert isinstance(look(content), Kind | media.Media)


@given(st.sampled_from([b"ftypisom", b"ftypheic", b"moov", b"meta"]), st.binary(max_size=60))
def test_no_boxes_break_the_look(start, content):
    raw = struct.pack(">I", len(start) + 4) + start + content
    for kind in (media.MP4, media.HEIC):
        assert media.is_whole(kind, io.BytesIO(raw), len(raw)) in (True, False)


@pytest.mark.parametrize(("kind", "content"), [(media.MP4, samples.mp4()), (media.HEIC, samples.heic())])
def test_a_cut_off_film_is_not_whole(kind, content):
    assert media.is_whole(kind, io.BytesIO(content), len(content))
    for end in range(1, len(content)):
        assert not media.is_whole(kind, io.BytesIO(content[:end]), end)


def test_a_film_with_long_and_open_boxes_is_whole():
    long = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 20) + b"abcd"
    to_the_end = struct.pack(">I", 0) + b"mdat" + b"abcdef"
    for last in (long, to_the_end):
        content = samples.ftyp(b"isom", b"isom") + samples.box(b"moov") + last
        assert media.is_whole(media.MP4, io.BytesIO(content), len(content))


def test_a_cut_off_pdf_is_not_whole():
    assert media.is_whole(media.PDF, io.BytesIO(samples.pdf()), len(samples.pdf()))
    assert not media.is_whole(media.PDF, io.BytesIO(samples.pdf()[:-20]), len(samples.pdf()) - 20)


@pytest.mark.parametrize(
    ("name", "kind", "served"),
    [
        ("井口.jpg", media.JPEG, "井口.jpg"),
        ("井口.JPEG", media.JPEG, "井口.JPEG"),
        ("井口.png", media.JPEG, "井口.png.jpg"),
        ("井口.jpg.exe", media.JPEG, "井口.jpg.exe.jpg"),
        ("井口", media.PDF, "井口.pdf"),
        ("说明", media.TEXT, "说明"),
    ],
)
def test_content_goes_out_under_a_name_that_fits(name, kind, served):
    assert media.served_name(name, kind) == served
