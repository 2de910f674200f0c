"""The archive of one record with 2,000 pictures, as it goes out: time, and peak memory beside that of 200 pictures.

The pictures are noise of about 90 kB each, kept as evidence and entered through the door, ten to a visit of the record.
"""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image

from bench.bench_import import set_up
from bench.rig import Rig, Row, seconds

HERE = "bench.bench_archive"
CAMPAIGN, EACH = "ponds", 10
FILES = {
    "pack.yaml": """
key: ponds
title: 塘坝整修
grid: {levels: {town: {title: 一级网格}}}
posts: {office: {title: 办公室, sees: all}}
""",
    "ledgers.yaml": """
ponds: {title: 塘坝台账, number: {title: 塘号}, fields: {name: {title: 塘名, type: text}}}
visits:
  title: 巡塘台账
  number: {title: 编号, pattern: "X-{seq:04}"}
  fields: {pond: {title: 塘号, type: link, ledger: ponds}, photo: {title: 照片, type: photo}}
""",
    "archives.yaml": "pond_file: {title: 一塘一档, ledger: ponds, heads: {照片: {fields: [visits.photo], by: pond}}}",
}


def fill(home: str, pictures: int) -> None:
    """A data folder with one pond and its visits."""
    set_up(home)
    from django.core.management import call_command

    from zhuanban.core import clock
    from zhuanban.evidence.actions import keep
    from zhuanban.ledger.change import ENTERED, Change, Step
    from zhuanban.ledger.door import submit
    from zhuanban.pack.read import load
    from zhuanban.people.actions import create_campaign
    from zhuanban.people.scope import OPERATOR

    call_command("migrate", verbosity=0)
    folder, today = Path(home), clock.today()
    (folder / "regions.csv").write_text("代码,名称,上级代码\n1,县,\n", "utf-8")
    (folder / "units.csv").write_text("代码,名称,简称,上级代码,区划代码\nU1,水务局,,,1\n", "utf-8")
    campaign = create_campaign(
        CAMPAIGN, FILES, load(FILES), folder / "regions.csv", folder / "units.csv", today, demo_clock=True
    )
    chance = random.Random(1)

    def opened(ledger: str, number: str, **said: object) -> Change:
        return Change(f"{ledger}-{number}", ledger, (Step("create", today, set=said, region="1"),), number)

    def photos(visit: int) -> list[dict[str, str]]:
        return [keep(campaign, picture(chance), f"{visit}-{n}.jpg") for n in range(EACH)]

    changes = [opened("ponds", "T1", name="一号塘")]
    changes += [opened("visits", f"X-{n:04}", pond="T1", photo=photos(n)) for n in range(1, pictures // EACH + 1)]
    outcomes = submit(campaign, changes, OPERATOR)
    assert {outcome.status for outcome in outcomes} == {ENTERED}, outcomes[:3]


def picture(chance: random.Random) -> bytes:
    """A picture that no other is like."""
    out = io.BytesIO()
    Image.frombytes("RGB", (240, 180), chance.randbytes(240 * 180 * 3)).save(out, "JPEG", quality=95)
    return out.getvalue()


def pack_up(home: str) -> list[float]:
    """The pond's archive into a file; seconds without the start of the process, and megabytes written."""
    set_up(home)
    from zhuanban.archive.contents import of_record
    from zhuanban.archive.parcel import pieces
    from zhuanban.ledger.queries import Viewer
    from zhuanban.people.queries import setting
    from zhuanban.people.scope import OPERATOR

    viewer = Viewer(setting(CAMPAIGN), OPERATOR)
    target = Path(home) / "parcel.zip"

    def work() -> None:
        contents = of_record(viewer, viewer.ledger("ponds"), "T1")
        with target.open("wb") as out:
            for piece in pieces(viewer, contents):
                out.write(piece)

    took = seconds(work)
    return [took, target.stat().st_size / 2**20]


def run(rig: Rig) -> list[Row]:
    """Both parcels, each in a process of its own."""
    sizes = rig.size(200, 10), rig.size(2_000, 20)
    homes = [str(rig.folder / str(size)) for size in sizes]
    for home, size in zip(homes, sizes, strict=True):
        Path(home).mkdir()
        rig.call(f"{HERE}:fill", home, size)
    peaks = [min(rig.peak(f"{HERE}:pack_up", home) for _ in range(rig.rounds)) for home in homes]
    told = [rig.call(f"{HERE}:pack_up", homes[1]) for _ in range(rig.rounds)]
    few, many = sizes
    return [
        Row(f"peak memory, {many:,} pictures against {few:,}", peaks[1] / peaks[0], "x", 1.3),
        Row(f"— {many:,} pictures", peaks[1], "MB", note=f"a parcel of {told[0][1]:.0f} MB"),
        Row(f"— {few:,} pictures", peaks[0], "MB"),
        Row(f"— the parcel of {many:,} written", min(took for took, _ in told), "s"),
    ]
