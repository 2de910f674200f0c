"""The contents that a batch of changes refers to: who brought them, what they are, and who else shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from zhuanban.evidence.actions import FITS
from zhuanban.evidence.media import Media
from zhuanban.evidence.queries import Shot, alike, brought_by, media_of, shots
from zhuanban.ledger.models import Attached
from zhuanban.pack.values import FieldType
from zhuanban.people.models import Campaign
from zhuanban.people.scope import Actor

Named = tuple[str, str]
"""(ledger, number) of a record."""


class Brought:
    """Looked up once for a batch where that is foreseen (`foresee`), else when asked."""

    def __init__(self, campaign: Campaign, actor: Actor) -> None:
        self.campaign = campaign
        self.actor = actor
        self.logins: dict[str, set[str]] = {}  # content → logins of who brought it
        self.kinds: dict[str, Media] = {}
        self.known: dict[str, Shot] = {}
        self.entered: dict[str, set[Named]] = defaultdict(set)  # content → records of this batch that show it

    def foresee(self, contents: Iterable[str]) -> None:
        """Look up these contents."""
        wanted = sorted(contents)
        if wanted:
            self.logins = brought_by(self.campaign, wanted)
            self.kinds = media_of(self.campaign, wanted)

    def may_refer(self, sender: str, sha256: str) -> bool:
        """Brought by the actor himself, or by the sender of the change that he now puts right ("" where it is his own).

        Somebody else's content is not to be had by knowing its address: whoever may refer to it may open it.
        """
        logins = self.logins.get(sha256, set())
        if self.actor.operator:
            return bool(logins)
        # Whoever has no account works at the machine itself, as whoever brought a content without one.
        me = "" if self.actor.user_id is None else self.actor.login
        return me in logins or (sender != "" and sender in logins)

    def unfit(self, use: FieldType, sha256: str) -> str:
        """What the content is, where it does not fit a field of this type; else ""."""
        media = self.kinds.get(sha256)
        return "" if media is None or media in FITS[use] else media.title

    def shots(self, contents: Sequence[str]) -> Mapping[str, Shot]:
        """When and where these pictures were taken."""
        unknown = [sha256 for sha256 in contents if sha256 not in self.known]
        if unknown:
            self.known |= shots(self.campaign, unknown)
        return {sha256: self.known[sha256] for sha256 in contents if sha256 in self.known}

    def alike(self, contents: Sequence[str], own: Named) -> Sequence[Named]:
        """Other records of the campaign that show one of these pictures, or nearly the same."""
        near = alike(contents)
        rows = Attached.objects.filter(campaign=self.campaign, sha256__in=sorted(near))
        found = set(rows.values_list("record__ledger", "record__number").distinct())
        for sha256 in near:
            found |= self.entered.get(sha256, set())
        return sorted(found - {own})
