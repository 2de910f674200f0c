"""Scope: the one place that says what a person may see and do.

An actor holds posts; each post reaches a part of the campaign. Everything outside reads like something absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from zhuanban.pack.values import Ledger, Pack
from zhuanban.people.models import Campaign, Holding, User
from zhuanban.people.tree import Tree


@dataclass(frozen=True, slots=True)
class Held:
    """A post as held: its key, and the region and unit it is held for ("" = none)."""

    post: str
    region: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. The local operator (本机操作员) works at the machine itself: sees all, and may do what any post may."""

    user_id: int | None
    login: str
    held: tuple[Held, ...] = ()
    operator: bool = False
    title: str = field(default="", compare=False)

    @property
    def posts(self) -> frozenset[str]:
        return frozenset(h.post for h in self.held)


OPERATOR = Actor(None, "本机操作员", operator=True, title="本机操作员")
CLOCK = Actor(None, "时钟", operator=True, title="时钟")  # writes what a day brings, nothing else


def actor_for(user: User, campaign: Campaign, day: int) -> Actor:
    """The user as an actor in a campaign on a day. Without a holding he sees nothing."""
    held = Holding.objects.filter(user=user, campaign=campaign, from_day__lte=day, to_day__gt=day)
    return Actor(
        user.pk,
        user.username,
        tuple(Held(h.post, h.region_code, h.unit_code) for h in held.order_by("pk")),
        title=str(user),
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """What a set of held posts reaches on a day: everything, or these region and unit codes."""

    everything: bool
    regions: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def covers(self, region: str, unit: str) -> bool:
        return self.everything or region in self.regions or (unit != "" and unit in self.units)

    def filter(self) -> Q:
        """The same as a filter on rows that have `region` and `unit`."""
        if self.everything:
            return Q()
        return Q(region__in=self.regions) | Q(unit__in=self.units)


NOTHING = Reach(False)
EVERYTHING = Reach(True)


def reach(
    actor: Actor,
    pack: Pack,
    regions: Tree,
    units: Tree,
    day: int,
    posts: Iterable[str] | None = None,
    *,
    acting: bool = False,
) -> Reach:
    """What the actor sees by his posts, or by those of them that are in `posts`; where he may act, if `acting`."""
    if actor.operator:
        return EVERYTHING
    wanted = None if posts is None else set(posts)
    seen_regions: set[str] = set()
    seen_units: set[str] = set()
    for held in actor.held:
        post = pack.posts.get(held.post)
        if post is None or (wanted is not None and held.post not in wanted):
            continue
        parts = post.acts if acting else post.sees
        if "all" in parts:
            return EVERYTHING
        if "region" in parts and held.region in regions:
            seen_regions |= regions.subtree(held.region, day)
        if "unit" in parts and held.unit in units:
            seen_units |= units.subtree(held.unit, day)
    return Reach(False, frozenset(seen_regions), frozenset(seen_units))


def shares(actor: Actor, pack: Pack, ledger: Ledger) -> bool:
    """Does the actor see every record of this ledger, wherever it lies, because the ledger is shared?"""
    return ledger.shared and bool(actor.posts & set(ledger.seen_by or pack.posts))
