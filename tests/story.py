"""A campaign of a pack in the box, and short words for what its office does: the ground of the stories."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from zhuanban.atlas.actions import load_zones
from zhuanban.core.day import from_iso
from zhuanban.demo.pictures import picture
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Change, Outcome, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record
from zhuanban.pack.read import load, pack_files
from zhuanban.people.actions import create_campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import Actor

CAMPAIGNS = Path(__file__).resolve().parents[1] / "campaigns"


class Story:
    """The campaign of `pack` with its demonstration's regions and units, and nothing in its ledgers.

    `mend` may change the pack's files first.
    """

    def __init__(
        self, name: str, pack: str, start: int, mend: Callable[[dict[str, str]], None] = lambda files: None
    ) -> None:
        files = pack_files(CAMPAIGNS / pack)
        mend(files)
        self.demo = CAMPAIGNS / pack / "demo"
        self.campaign = create_campaign(
            name, files, load(files, pack), self.demo / "regions.csv", self.demo / "units.csv", start, demo_clock=True
        )
        self.here = setting(self.campaign)
        self.ids = count(1)

    def send(self, ledger: str, step: Step, number: str, by: Actor) -> Outcome:
        return submit(self.campaign, [Change(f"story-{next(self.ids)}", ledger, (step,), number)], by)[0]

    def record(self, ledger: str, number: str) -> Record:
        return Record.objects.get(campaign=self.campaign, ledger=ledger, number=number)

    def drawn(self, words: str, name: str, *, taken: str = "", pen: bool = False) -> list[dict[str, str]]:
        """A drawn picture, kept as evidence: what a photo or signature field holds. `taken` as EXIF writes it."""
        return [keep(self.campaign, picture([words], words, pen, taken), name, by=None)]


class CanalStory(Story):
    """The canal campaign with its zones, from 2021-08-29, and a picture of each kind."""

    def __init__(self) -> None:
        super().__init__("canal", "canal-protection", from_iso("2021-08-29"))
        load_zones(self.campaign, self.here.pack.layers["protection"], self.demo / "zones-0901.geojson")
        self.photo = self.drawn("before", "发现.jpg")
        self.after = self.drawn("after", "整改后.jpg")
        self.pen = self.drawn("pen", "签字.jpg", pen=True)
