"""Contents brought to a campaign: kept once, opened, shown small, checked; and what the disk may do to them."""

import errno
import hashlib
import io
import os
import resource
import signal
import subprocess
import sys
import tracemalloc
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image

from tests.evidence import samples
from tests.hardship import powerless, read_only
from tests.lamps import make
from zhuanban.atlas.frames import Frame, Point
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, instant
from zhuanban.core.problem import Refused
from zhuanban.evidence import media
from zhuanban.evidence import store as store_room
from zhuanban.evidence.actions import Claim, clean_name, keep, store, sweep
from zhuanban.evidence.models import File, Upload
from zhuanban.evidence.queries import brought_by, file_of, media_of, open_original, thumbnail, verify_store
from zhuanban.evidence.store import Store
from zhuanban.pack.values import FieldType
from zhuanban.people.models import Campaign, User

NOON = instant(datetime(2023, 12, 5, 12, tzinfo=BEIJING))


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    settings.ZHUANBAN_HOME = tmp_path / "data"
    return settings.ZHUANBAN_HOME


@pytest.fixture
def lamps(db, tmp_path) -> Campaign:
    return make(tmp_path)


@pytest.fixture
def other(lamps) -> Campaign:
    return Campaign.objects.create(name="另一行动", pack_version=lamps.pack_version, start=lamps.start)


def code(campaign, content, name="井口.jpg", **more) -> str:
    """The code of what `keep` refuses."""
    with pytest.raises(Refused) as refused:
        keep(campaign, content, name, **more)
    (problem,) = refused.value.problems
    assert problem.place.file in ("", clean_name(name))
    return problem.code


def files(home: Path) -> list[str]:
    return sorted(p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file())


def at_address(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    return f"evidence/{sha256[:2]}/{sha256[2:4]}/{sha256}"


# Kept -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (samples.jpeg(), "井口.jpg", "image/jpeg"),
        (samples.encoded(samples.drawing(), "PNG"), "签名.jpg", "image/png"),
        (samples.encoded(samples.drawing(), "WEBP"), "a.webp", "image/webp"),
        (samples.heic(), "IMG_1.HEIC", "image/heic"),
        (samples.pdf(), "通知.pdf", "application/pdf"),
        (samples.mp4(), "现场.mp4", "video/mp4"),
        (samples.docx(), "纪要.docx", media.DOCX.mime),
        (samples.xlsx(), "台账.xlsx", media.XLSX.mime),
        ("甲,乙\n".encode(), "表.csv", "text/plain"),
    ],
)
def test_every_kind_is_kept_whole_at_its_address(lamps, home, content, name, mime):
    sha256 = hashlib.sha256(content).hexdigest()
    assert keep(lamps, io.BytesIO(content), name) == {"sha256": sha256, "name": name}
    assert files(home) == [at_address(content)]
    assert (home / at_address(content)).read_bytes() == content
    file = File.objects.get()
    assert (file.sha256, file.size, file.media) == (sha256, len(content), mime)
    with open_original(lamps, sha256).stream as stream:
        assert stream.read() == content
    assert verify_store() == []


def test_what_a_photo_says_and_what_its_bringer_claims_are_kept_apart(lamps):
    user = User.objects.create(username="inspector")
    content = samples.jpeg(exif=samples.exif("2023:12:05 09:30:00", gps=samples.gps(error=8)))
    claim = Claim(NOON, Point(112.54, 33.0, Frame.GCJ02))
    with clock.set_to(NOON + 60_000_000):
        keep(lamps, content, "井口.jpg", user.pk, claim)
    file, upload = File.objects.get(), Upload.objects.get()
    assert file.exif_taken_at == NOON - 9_000_000_000
    assert (file.exif_lon, file.exif_lat) == pytest.approx((112.53, 32.99))
    assert (file.exif_frame, file.exif_accuracy_m, file.width, file.height) == ("WGS-84", 8.0, 640, 480)
    assert (upload.claimed_at, upload.claimed_lon, upload.claimed_lat) == (NOON, 112.54, 33.0)
    assert (upload.claimed_frame, upload.by, upload.name) == ("GCJ-02", user, "井口.jpg")
    assert file.first_at == upload.at == NOON + 60_000_000


def test_bringing_the_same_again_changes_nothing(lamps, home):
    content = samples.jpeg()
    first = keep(lamps, content, "井口.jpg")
    before = (home / at_address(content)).stat()
    assert keep(lamps, content, "井口.jpg") == first
    assert (File.objects.count(), Upload.objects.count()) == (1, 1)
    after = (home / at_address(content)).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_one_content_under_two_names_in_two_campaigns_lies_there_once(lamps, other, home):
    content = samples.jpeg()
    keep(lamps, content, "井口.jpg")
    keep(lamps, content, "再拍.jpg")
    keep(other, content, "井口.jpg")
    assert (File.objects.count(), Upload.objects.count()) == (1, 3)
    assert files(home) == [at_address(content)]


def test_nobody_sees_what_somebody_else_called_the_same_content(lamps):
    sha256 = keep(lamps, samples.jpeg(), "某某举报.jpg")["sha256"]
    keep(lamps, samples.jpeg(), "井口.jpg")
    names = []
    for asked in ("", "井口.png", "../井口.jpg"):
        original = open_original(lamps, sha256, asked)
        original.stream.close()
        names.append(original.name)
    assert names == [f"{sha256[:12]}.jpg", "井口.png.jpg", "井口.jpg"]


def test_originals_cannot_be_written_to(lamps, home):
    content = samples.jpeg()
    keep(lamps, content, "井口.jpg")
    assert (home / at_address(content)).stat().st_mode & 0o222 == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("井口.jpg", "井口.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\照片\\井口.jpg", "井口.jpg"),
        ("a\x00b\r\n.jpg", "ab.jpg"),
        ("照片\u202egpj.exe", "照片gpj.exe"),
        ("", "未命名"),
        ("..", "未命名"),
        ("x" * 300 + ".jpg", "x" * 196 + ".jpg"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given) == kept


# Refused --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "空.jpg", "evidence-001"),
        (b"\x00\x01\x02", "a.jpg", "evidence-003"),
        (b"text " * 20_000 + b"\x00", "a.txt", "evidence-003"),  # beyond the first look
        (b"<html></html>", "照片.jpg", "evidence-004"),
        (b"<svg/>", "图.png", "evidence-004"),
        (b"MZ\x90\x00\x03", "照片.jpg", "evidence-005"),
        (b"del *.*", "a.bat", "evidence-005"),
        (b"alert(1)", "a.js", "evidence-005"),
        (samples.package("a.jpg"), "照片.zip", "evidence-006"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.doc", "evidence-007"),
        (samples.docx("word/vbaProject.bin"), "a.docx", "evidence-008"),
        (samples.jpeg()[:-4000], "照片.jpg", "evidence-009"),
        (samples.pdf()[:-20], "通知.pdf", "evidence-009"),
        (samples.mp4()[:-20], "现场.mp4", "evidence-009"),
        (samples.xlsx()[:-20], "台账.xlsx", "evidence-009"),
        (samples.swelling(), "台账.xlsx", "evidence-011"),
    ],
)
def test_a_refused_file_leaves_nothing(lamps, home, content, name, expected):
    assert code(lamps, content, name) == expected
    assert files(home) == []
    assert not File.objects.exists()
    assert not Upload.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused(lamps, home):
    large = samples.encoded(Image.new("1", (8_000, 5_001)), "PNG")
    assert code(lamps, large, "大.png") == "evidence-010"
    assert files(home) == []


def test_a_file_over_its_limit_is_refused_before_it_is_read_to_its_end(lamps, home):
    text = io.BytesIO(b"line\n" * 4_000_000)  # 20 MB
    with pytest.raises(Refused) as refused:
        keep(lamps, text, "日志.txt")
    (problem,) = refused.value.problems
    assert (problem.code, "10 MB" in problem.says) == ("evidence-002", True)
    assert text.tell() < 12_000_000
    assert files(home) == []


@pytest.mark.parametrize(
    ("use", "content", "expected"),
    [
        (FieldType.PHOTO, samples.jpeg(), None),
        (FieldType.PHOTO, samples.heic(), None),
        (FieldType.PHOTO, samples.pdf(), "evidence-012"),
        (FieldType.PHOTO, samples.mp4(), "evidence-012"),
        (FieldType.SIGNATURE, samples.encoded(samples.drawing(), "PNG"), None),
        (FieldType.SIGNATURE, samples.heic(), "evidence-012"),
        (FieldType.FILE, samples.pdf(), None),
    ],
)
def test_a_field_takes_what_fits_it(lamps, home, use, content, expected):
    if expected is None:
        keep(lamps, content, "a", use=use)
    else:
        assert code(lamps, content, "a", use=use) == expected
        assert files(home) == []


# Read -----------------------------------------------------------------------------------------------------------------


def test_another_campaigns_and_absent_contents_look_the_same(lamps, other):
    sha256 = keep(lamps, samples.jpeg(), "井口.jpg")["sha256"]
    said = set()
    for campaign, asked in ((other, sha256), (lamps, "0" * 64), (lamps, "../../secret"), (other, "")):
        for look in (file_of, open_original, lambda c, s: thumbnail(c, s, 320)):
            with pytest.raises(Refused) as refused:
                look(campaign, asked)
            said.add(str(refused.value))
    assert len(said) == 1


def test_who_brought_it(lamps, other, django_assert_num_queries):
    user = User.objects.create_user("wang")
    one = keep(lamps, samples.jpeg(1), "1.jpg")["sha256"]
    two = keep(other, samples.pdf(), "2.pdf")["sha256"]
    keep(lamps, samples.jpeg(1), "1再.jpg", user.pk)
    assert brought_by(lamps, [one, two, "0" * 64]) == {one: {"", user.username}}
    assert brought_by(lamps, []) == {}
    assert media_of(other, {one, two}) == {two: media.PDF}
    with django_assert_num_queries(3):  # of five hundred names each
        assert brought_by(lamps, [f"{n:064x}" for n in range(1_400)] + [one]).keys() == {one}


def test_a_thumbnail_is_made_once_and_never_larger_than_the_largest(lamps, home):
    sha256 = keep(lamps, samples.jpeg(exif=samples.exif(gps=samples.gps())), "井口.jpg")["sha256"]
    small = thumbnail(lamps, sha256, 100)
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (160, 120)
    assert b"Exif" not in small
    assert f"thumbnails/{sha256[:2]}/{sha256}-160.jpg" in files(home)
    store().path(sha256).unlink()  # so that it can only come from where it was put
    assert thumbnail(lamps, sha256, 160) == small
    with pytest.raises(Refused):
        thumbnail(lamps, sha256, 640)


def test_what_cannot_be_drawn_has_no_thumbnail(lamps):
    for content in (samples.pdf(), samples.mp4(), samples.heic()):
        sha256 = keep(lamps, content, "a")["sha256"]
        with pytest.raises(Refused) as refused:
            thumbnail(lamps, sha256, 320)
        assert refused.value.problems[0].code == "evidence-023"


# Verified -------------------------------------------------------------------------------------------------------------


def test_verify_names_what_is_missing_altered_or_strange(lamps, home):
    kept = [keep(lamps, samples.jpeg(n), f"{n}.jpg")["sha256"] for n in range(4)]
    assert verify_store() == []
    store().path(kept[0]).unlink()
    for sha256, damage in ((kept[1], lambda b: b[:-1] + bytes([b[-1] ^ 1])), (kept[2], lambda b: b[:-1])):
        path = store().path(sha256)
        path.chmod(0o644)
        path.write_bytes(damage(path.read_bytes()))
    (home / "evidence" / "notes.txt").write_text("?")
    (home / "evidence" / kept[3]).write_bytes(b"")  # an address in the wrong folder
    (home / "evidence" / "incoming" / "upload").write_bytes(b"half")  # a running upload is no stranger
    assert [(p.code, kept[n] in p.says) for n, p in enumerate(verify_store()[:3])] == [
        ("evidence-030", True),
        ("evidence-031", True),
        ("evidence-031", True),
    ]
    assert {p.says.rpartition("：")[2].rstrip("。") for p in verify_store()[3:]} == {"notes.txt", kept[3]}


def test_bringing_a_damaged_content_again_heals_it(lamps):
    content = samples.jpeg()
    path = store().path(keep(lamps, content, "井口.jpg")["sha256"])
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    keep(lamps, content, "井口.jpg")
    assert path.read_bytes() == content
    assert verify_store() == []


def test_rows_that_were_taken_back_leave_only_an_unused_content(lamps):
    with transaction.atomic():
        keep(lamps, samples.jpeg(), "井口.jpg")
        transaction.set_rollback(True)
    assert not File.objects.exists()
    assert verify_store() == []


# Faults ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def smallest_files():
    """No file may grow over 20,000 bytes: a disk that is full in the middle of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, before)


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_half_written(tmp_path, smallest_files):
    house = Store(tmp_path / "evidence")
    with pytest.raises(Refused) as refused, house.take(io.BytesIO(b"7" * 50_000), lambda head: 10**9):
        pytest.fail("taken in")
    assert [p.code for p in refused.value.problems] == ["evidence-020"]
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("call", "number", "expected"),
    [
        ("fsync", errno.ENOSPC, "evidence-020"),
        ("fsync", errno.EDQUOT, "evidence-020"),
        ("fsync", errno.EIO, "evidence-021"),
        ("replace", errno.ENOSPC, "evidence-020"),
        ("replace", errno.EROFS, "evidence-021"),
    ],
)
def test_what_the_disk_refuses_is_one_clear_problem(lamps, home, monkeypatch, call, number, expected):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(store_room.os, call, fail)
        assert code(lamps, samples.jpeg()) == expected
    assert files(home) == []
    assert not File.objects.exists()
    keep(lamps, samples.jpeg(), "井口.jpg")  # and when the disk is well again, so is the store
    assert verify_store() == []


def test_a_folder_that_cannot_be_made_is_one_clear_problem(lamps, home):
    home.mkdir()
    (home / "evidence").write_text("a file where the folder should be")
    assert code(lamps, samples.jpeg()) == "evidence-021"


def test_a_read_only_folder_is_one_clear_problem(home):
    (home / "evidence").mkdir(parents=True)
    code = """
import io, sys
from pathlib import Path
from zhuanban.core.problem import Refused
from zhuanban.evidence.store import Store
try:
    with Store(Path(sys.argv[1])).take(io.BytesIO(b"x"), lambda head: 10): pass
except Refused as refused:
    print([p.code for p in refused.problems])
"""
    with read_only(home / "evidence"):
        done = subprocess.run(
            [sys.executable, "-c", code, home / "evidence"], capture_output=True, preexec_fn=powerless, check=True
        )
    assert done.stdout.decode() == "['evidence-021']\n"


def test_a_thumbnail_is_shown_though_it_cannot_be_kept(lamps, home):
    sha256 = keep(lamps, samples.jpeg(), "井口.jpg")["sha256"]
    (home / "thumbnails").write_text("a file where the folder should be")
    assert thumbnail(lamps, sha256, 160).startswith(b"\xff\xd8\xff")


def test_an_upload_killed_in_the_middle_leaves_only_what_is_swept(home):
    house = Store(home / "evidence")
    taking = (
        "import sys; from pathlib import Path; from zhuanban.evidence.store import Store\n"
        "with Store(Path(sys.argv[1])).take(sys.stdin.buffer, lambda head: 10**9) as t: print(t.size)"
    )
    child = subprocess.Popen([sys.executable, "-c", taking, str(house.folder)], stdin=subprocess.PIPE)
    child.stdin.write(b"7" * 3_000_000)
    child.stdin.flush()
    while not any(p.stat().st_size for p in house.incoming.glob("*")):
        assert child.poll() is None
    child.kill()
    child.wait()
    child.stdin.close()
    assert [path.partition("incoming/")[1] for path in files(home)] == ["incoming/"]
    assert sweep() == 0  # it might still be running
    assert house.sweep(older_than_s=-1) == 1
    assert files(home) == []


class Film(io.RawIOBase):
    """A film of 60 MB that is nowhere in memory; gives a little at a time, as a socket does."""

    def __init__(self) -> None:
        self.start = io.BytesIO(samples.mp4(0)[:-8] + samples.box(b"mdat", b"")[4:].rjust(8, b"\0"))
        self.left = 60_000_000

    def read(self, size: int = -1) -> bytes:
        if begun := self.start.read(size):
            return begun
        part = b"\7" * min(size, self.left, 40_000)
        self.left -= len(part)
        return part


def test_a_large_film_goes_through_in_chunks(lamps):
    keep(lamps, samples.mp4(), "先.mp4")  # what is loaded once is loaded
    tracemalloc.start()
    sha256 = keep(lamps, Film(), "现场.mp4")["sha256"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file_of(lamps, sha256).size > 60_000_000
    assert peak < 8_000_000
