"""Reads: a campaign with its pack and its trees, kept in the process until one of them changes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from zhuanban.core.day import FIRST_DAY
from zhuanban.core.problem import Kind, Problem, Refused
from zhuanban.pack.read import files_sha256, load
from zhuanban.pack.values import Pack
from zhuanban.people.models import (
    Campaign,
    PackVersion,
    Region,
    RegionName,
    RegionParent,
    Unit,
    UnitName,
    UnitParent,
    User,
)
from zhuanban.people.tree import Node, Tree, words_of

NO_CAMPAIGN = Kind("people-001", "没有名为“{name}”的行动。", "现有行动：{known}。")

PACK_ALTERED = Kind(
    "people-021",
    "“{name}”的行动包与其校验值不符：取用之后被门外改动过。",
    "各表可能因此算错；请停用，并用备份恢复。",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A campaign with what it runs on: the pack as taken, the dated trees of regions and units."""

    campaign: Campaign
    pack: Pack
    regions: Tree
    units: Tree


Named = tuple[int, str, str]
"""From a day on, a name and a short name."""

_trees: dict[str, tuple[int, Tree, Tree]] = {}
_packs: dict[tuple[str, int], Pack] = {}


def campaign_named(name: str) -> Campaign:
    """The campaign of that name. Raises Refused, naming those that exist."""
    found = Campaign.objects.filter(name=name).first()
    if found is None:
        known = "、".join(Campaign.objects.order_by("name").values_list("name", flat=True)) or "（尚无）"
        raise Refused(NO_CAMPAIGN.at(name=name, known=known))
    return found


def setting(campaign: Campaign | str) -> Setting:
    """The campaign's setting, from the process's cache where nothing changed."""
    if isinstance(campaign, str):
        campaign = campaign_named(campaign)
    pack = _packs.get((campaign.uid, campaign.pack_version_id))
    if pack is None:
        version = PackVersion.objects.get(pk=campaign.pack_version_id)
        pack = load(version.files, version.key)
        _packs[(campaign.uid, campaign.pack_version_id)] = pack
    known = _trees.get(campaign.uid)
    if known is None or known[0] != campaign.tree_version:
        known = (campaign.tree_version, region_tree(campaign, pack), unit_tree(campaign))
        _trees[campaign.uid] = known
    return Setting(campaign, pack, known[1], known[2])


def altered_pack(campaign: Campaign) -> Problem | None:
    """A problem where the campaign's copy of its pack is no longer what its hash says. Reads it anew."""
    problem = PACK_ALTERED.at(name=campaign.name)
    try:
        version = PackVersion.objects.get(pk=campaign.pack_version_id)
    except ValueError:  # no JSON any more
        return problem
    files = version.files
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        return problem
    return None if files_sha256(files) == version.sha256 else problem


def forget_trees(campaign: Campaign) -> None:
    """After a change of the trees was taken back: another one may come to bear the same version."""
    _trees.pop(campaign.uid, None)


def region_tree(campaign: Campaign, pack: Pack) -> Tree:
    """The dated tree of regions, read from the database."""
    later: dict[int, list[Named]] = {}
    for row in RegionName.objects.filter(region__campaign=campaign).order_by("from_day"):
        later.setdefault(row.region_id, []).append((row.from_day, row.name, ""))
    nodes = []
    for r in Region.objects.filter(campaign=campaign):
        names = ((FIRST_DAY, r.name, ""), *later[r.pk]) if r.pk in later else ()
        last = names[-1][1] if names else r.name
        aliases = words_of(r.aliases)
        nodes.append(Node(r.code, last, r.position, aliases=aliases, from_day=r.from_day, to_day=r.to_day, names=names))
    parents = list(
        RegionParent.objects.filter(region__campaign=campaign).values_list("region__code", "parent_code", "from_day")
    )
    return Tree(nodes, parents, rooted=is_rooted(pack, [(c, p) for c, p, _ in parents]), root_name=pack.grid.root)


def unit_tree(campaign: Campaign) -> Tree:
    """The dated tree of units, read from the database."""
    later: dict[int, list[Named]] = {}
    for row in UnitName.objects.filter(unit__campaign=campaign).order_by("from_day"):
        later.setdefault(row.unit_id, []).append((row.from_day, row.name, row.short))
    nodes = []
    for u in Unit.objects.filter(campaign=campaign):
        names = ((FIRST_DAY, u.name, u.short), *later[u.pk]) if u.pk in later else ()
        _, name, short = names[-1] if names else (FIRST_DAY, u.name, u.short)
        aliases = words_of(u.aliases)
        nodes.append(Node(u.code, name, u.position, short, aliases, u.from_day, u.to_day, u.region_code, names))
    parents = UnitParent.objects.filter(unit__campaign=campaign).values_list("unit__code", "parent_code", "from_day")
    return Tree(nodes, parents, rooted=False, root_name="全部单位")


def is_rooted(pack: Pack, parents: list[tuple[str, str]]) -> bool:
    """Does the list of (code, parent) bring its own root above level one, or do its top nodes stand on level one?

    A single top node is the root where the list is one level deeper than the grid, or where its code is that of a
    higher level (411300 is a city: two digits pairs filled, where level one has three).
    """
    tops = {c for c, p in parents if not p}
    if len(tops) != 1:
        return False
    top = next(iter(tops))
    above = dict(parents)
    depth = 0
    for code in above:
        steps, here = 1, code
        while (here := above.get(here, "")) and steps <= len(parents):
            steps += 1
        depth = max(depth, steps)
    levels = pack.grid.levels
    if depth > len(levels):
        return True
    stem = top
    while len(stem) > 2 and stem.endswith("00"):
        stem = stem[:-2]
    return bool(levels and levels[0].digits and len(stem) < levels[0].digits)


def hold(campaign: Campaign) -> Campaign:
    """The campaign as it stands inside this transaction; its trees and pack cannot change until the transaction ends.

    One writer holds it at a time: all of them raise the same sums at the root, and who waits here has nothing yet that
    somebody inside may need.
    """
    lock = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tree_version, pack_version_id FROM people_campaign WHERE id = %s{lock}", [campaign.pk])
        campaign.tree_version, campaign.pack_version_id = cursor.fetchone()
    return campaign


def spoken_logins() -> dict[str, str]:
    """Login → 姓名（账号）, of accounts that have a name."""
    named = User.objects.exclude(display_name="").values_list("username", "display_name")
    return {login: f"{name}（{login}）" for login, name in named}
