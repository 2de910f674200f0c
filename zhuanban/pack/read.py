"""A pack's folder → `Pack`, or every problem at once.

Steps of `read_files`: parse each file into a tree with lines → read posts, grid, fields and states → read what refers
to them (moves, tables, lists) → cross-check (`check.py`). A part that is wrong is reported and read as well as it can
be, so that one slip hides no other; a pack with any problem is not handed out.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from zhuanban.core.canonical import digest
from zhuanban.core.problem import Problem, Refused
from zhuanban.core.ratio import Rounding
from zhuanban.pack import problems, tree
from zhuanban.pack.check import check
from zhuanban.pack.check_archive import check_archives
from zhuanban.pack.check_demo import check_demo
from zhuanban.pack.check_form import check_forms
from zhuanban.pack.folder import campaigns_folder, collect, find_pack, list_packs, pack_files
from zhuanban.pack.frame import Basis, Goal, Grid, Level, Post, Stage
from zhuanban.pack.read_alarm import read_alarm
from zhuanban.pack.read_archive import read_archive
from zhuanban.pack.read_card import read_cards
from zhuanban.pack.read_duty import read_duties
from zhuanban.pack.read_form import read_form
from zhuanban.pack.read_layer import read_layer
from zhuanban.pack.read_ledger import read_checks, read_ledger, read_mirrors, read_moves, read_rules
from zhuanban.pack.read_list import read_list
from zhuanban.pack.read_table import read_table
from zhuanban.pack.read_where import read_where
from zhuanban.pack.said import Book, Said
from zhuanban.pack.standard import Limit, Standard
from zhuanban.pack.values import Draw, Duty, Layer, Ledger, Pack

__all__ = [
    "campaigns_folder",
    "files_sha256",
    "find_pack",
    "list_packs",
    "load",
    "pack_files",
    "read_files",
    "read_pack",
]

_PACK_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,4}))?%", re.ASCII)
_FRACTION = re.compile(r"([0-9]{1,6})/([0-9]{1,6})", re.ASCII)
_KEPT = 32  # packs that one process remembers

_loaded: OrderedDict[str, Pack] = OrderedDict()


def read_pack(folder: Path) -> tuple[Pack | None, list[Problem]]:
    """The pack in a folder, or None and all its problems. Rows by unit are compared with `demo/` where it is there."""
    files, wrong = collect(folder)
    if "pack.yaml" not in files:
        return None, wrong
    name = folder.resolve().name
    draft = _draft(files, name, [PurePosixPath(problem.place.file).stem for problem in wrong])
    found = [*wrong, *draft.problems]
    if draft.pack is not None:
        found += check_demo(draft.pack, folder / "demo", draft.book.place, name)
    return (None if found else draft.pack), _in_order(found)


def read_files(files: Mapping[str, str], name: str = "") -> tuple[Pack | None, list[Problem]]:
    """The pack in these files (relative path → text), or None and all its problems. `name` stands before file names."""
    draft = _draft(files, name)
    return (None if draft.problems else draft.pack), _in_order(draft.problems)


def load(files: Mapping[str, str], name: str = "") -> Pack:
    """The pack in these files; the same text is read once per process. Raises Refused with every problem."""
    key = files_sha256(files)
    pack = _loaded.get(key)
    if pack is None:
        pack, found = read_files(files, name)
        if pack is None:
            raise Refused(found)
        _loaded[key] = pack
        while len(_loaded) > _KEPT:
            _loaded.popitem(last=False)
    return pack


def files_sha256(files: Mapping[str, str]) -> str:
    """Hex SHA-256 over the sorted files, names and texts: names a version of a pack exactly."""
    parts = [part.encode("utf-8", "surrogatepass") for path in sorted(files) for part in (path, files[path])]
    return digest(hashlib.sha256(b"zhuanban pack 1").digest(), *parts).hex()


def _in_order(found: list[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(found), key=lambda p: (p.place.file, p.place.line, p.code, p.says))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A pack as far as it could be read (None: there is none), what is wrong with it, and where its words are."""

    pack: Pack | None
    problems: list[Problem]
    book: Book


def _draft(files: Mapping[str, str], name: str, unread: Collection[str] = ()) -> _Draft:
    book = Book(name)
    trees = book.parse(files)
    if trees is None:
        return _Draft(None, book.problems, book)
    pack = _read(book, trees, files_sha256(files))
    stems = {*unread, *(PurePosixPath(file).stem for file in book.unread)}
    more = [p for each in (check, check_archives, check_forms) for p in each(pack, book.place, stems)]
    return _Draft(pack, [*book.problems, *more], book)


def _read(book: Book, trees: Mapping[str, Mapping[str, tree.Node]], sha256: str) -> Pack:
    said = Said(book, "行动包", trees["pack"].get("", tree.Mapping(1)), ())
    if "pack.yaml" not in book.unread:
        said.need("key", "title", "grid", "posts")
    for word in ("key", "demo_campaign"):
        if (text := said.text(word)) and not _PACK_KEY.fullmatch(text):
            said.wrong(problems.BAD_KEY, word, word=text, mark="和连字符")
    key = said.text("key", "pack")
    posts = {k: _post(k, post) for k, post in said.things("posts", "岗位")}
    layers = {k: read_layer(k, Said(book, "图层", node, ("layers", k), k)) for k, node in trees["layers"].items()}
    ledgers, duties = _ledgers(book, trees, tuple(posts), layers)
    scorecards, marks = read_cards(book, trees["scorecards"], ledgers)
    ledgers |= {each: ledger for each, ledger in marks.items() if each not in ledgers}
    tables = ((k, Said(book, "统计表", node, ("tables", k), k)) for k, node in trees["tables"].items())
    lists = ((k, Said(book, "清单", node, ("lists", k), k)) for k, node in trees["lists"].items())
    forms = ((k, Said(book, "报表", node, ("forms", k), k)) for k, node in trees["forms"].items())
    return Pack(
        key=key,
        title=said.text("title"),
        grid=_grid(said),
        posts=posts,
        ledgers=ledgers,
        tables={k: read_table(ledgers, k, table) for k, table in tables},
        short=said.text("short") or said.text("title"),
        version=said.text("version", "1"),
        source=said.text("source"),
        stages={k: _stage(k, stage) for k, stage in said.things("stages", "阶段")},
        lists={k: read_list(ledgers, k, each) for k, each in lists},
        standards={
            k: _standard(k, Said(book, "标准", node, ("standards", k), k)) for k, node in trees["standards"].items()
        },
        archives={
            k: read_archive(k, Said(book, "档案", node, ("archives", k), k)) for k, node in trees["archives"].items()
        },
        forms={k: read_form(ledgers, k, each) for k, each in forms},
        templates=book.templates,
        draws={k: _draw(ledgers, k, draw) for k, draw in said.things("draws", "抽查")},
        duties=duties,
        alarms={k: read_alarm(ledgers, k, Said(book, "警报", n, ("alarms", k), k)) for k, n in trees["alarms"].items()},
        scorecards=scorecards,
        layers=layers,
        issued=said.day("issued"),
        printed=said.day("printed"),
        basis=tuple(_basis(each) for each in said.listed("basis", "依据文件")),
        goals={k: _goal(k, goal) for k, goal in said.things("goals", "目标")},
        overview=said.texts("overview"),
        texts=_texts(said),
        demo_campaign=said.text("demo_campaign") or key,
        sha256=sha256,
    )


def _ledgers(
    book: Book,
    trees: Mapping[str, Mapping[str, tree.Node]],
    posts: tuple[str, ...],
    layers: Mapping[str, Layer],
) -> tuple[dict[str, Ledger], dict[str, Duty]]:
    """Fields and states of all ledgers first, those of reports too: conditions of moves need to know them."""
    said = {key: Said(book, "台账", node, ("ledgers", key), key) for key, node in trees["ledgers"].items()}
    bare = {key: read_ledger(key, each, layers) for key, each in said.items()}
    agreeing = {k for k, node in trees["forms"].items() if isinstance(node, tree.Mapping) and "same_as" in node.items}
    duties, reports = read_duties(book, trees["duties"], bare, agreeing)
    known = {**reports, **bare}
    full = {
        key: replace(
            bare[key],
            moves=read_moves(each, known, key, posts),
            rules=read_rules(each, bare, key),
            mirrors=read_mirrors(each, known, key),
            checks=read_checks(each, bare, key),
        )
        for key, each in said.items()
    }
    return {**full, **{key: each for key, each in reports.items() if key not in full}}, duties


def _grid(said: Said) -> Grid:
    grid = said.thing("grid", "网格")
    if said.has("grid"):
        grid.need("levels")
    levels = []
    for key, level in grid.things("levels", "级"):
        level.need("title")
        levels.append(Level(key, level.text("title", key), level.texts("names"), level.integer("digits", 0, 18)))
    return Grid(tuple(levels), grid.text("root"))


def _post(key: str, said: Said) -> Post:
    said.need("title")
    sees = said.texts("sees") or ("region",)
    acts = said.texts("acts") or sees
    for word, parts in (("sees", sees), ("acts", acts if said.has("acts") else ())):
        for part in parts:
            if part not in ("all", "region", "unit"):
                advice = problems.hint(part, ("all", "region", "unit"))
                said.wrong(problems.BAD_CHOICE, word, word=word, value=part, hint=advice)
    return Post(key, said.text("title", key), sees, acts, said.flag("audits"), said.place)


def _stage(key: str, said: Said) -> Stage:
    said.need("title")
    return Stage(key, said.text("title", key), said.day("start"), said.day("end"), said.text("source"), said.place)


def _basis(said: Said) -> Basis:
    said.need("title")
    return Basis(said.text("title"), said.text("number"), said.day("on"))


def _goal(key: str, said: Said) -> Goal:
    said.need("title")
    return Goal(key, said.text("title", key), said.texts("measured_by"), said.text("source"))


def _standard(key: str, said: Said) -> Standard:
    said.need("title", "source", "limits")
    limits = {}
    for each, limit in said.things("limits", "标准限值"):
        limit.need("title")
        if not limit.has("at_least") and not limit.has("at_most"):
            limit.wrong(problems.NO_BOUND, limit=limit.text("title", each))
        limits[each] = Limit(
            each,
            limit.text("title", each),
            limit.number("at_least"),
            limit.number("at_most"),
            limit.text("unit"),
            limit.place,
        )
    return Standard(
        key, said.text("title", key), said.text("source"), limits, said.day("from"), said.day("until"), said.place
    )


def _texts(said: Said) -> dict[str, str]:
    return {key: text.strip() for key, text in said.lines("texts", ascii_keys=True)}


def _draw(ledgers: Mapping[str, Ledger], key: str, said: Said) -> Draw:
    said.need("title", "ratio", "by")
    kinds = [word for word in ("level", "ledger") if said.has(word)]
    if len(kinds) != 1:
        said.wrong(problems.ONE_OF, where="抽查", words="level、ledger", n=len(kinds))
    if "level" in kinds:
        said.need("in_each")
    if "ledger" not in kinds and said.has("where"):
        said.wrong(problems.DRAW_WHERE, "where")
    rule = said.rounding()
    if rule is None and not said.has("round"):
        said.wrong(problems.DRAW_NO_ROUNDING, draw=said.text("title", key))
    text = said.text("ratio")
    ratio = _ratio(text)
    if ratio is None and text:
        said.wrong(problems.BAD_RATIO, "ratio", value=text)
    return Draw(
        key=key,
        title=said.text("title", key),
        ratio=ratio or (1, 1),
        round=rule or Rounding.CEIL,
        level=said.text("level"),
        ledger=said.text("ledger"),
        where=read_where(said, ledgers, said.text("ledger")),
        stratum=said.text("in_each"),
        by=said.texts("by"),
        source=said.text("source"),
        at=said.place,
    )


def _ratio(text: str) -> tuple[int, int] | None:
    """`5%`, `2.5%`, `1/20` → part and whole; None where it is none, or not in 0 < ratio ≤ 1."""
    if match := _PERCENT.fullmatch(text):
        digits = match[2] or ""
        part, whole = int(match[1] + digits), 100 * int("1" + "0" * len(digits))
    elif match := _FRACTION.fullmatch(text):
        part, whole = int(match[1]), int(match[2])
    else:
        return None
    return (part, whole) if 0 < part <= whole else None
