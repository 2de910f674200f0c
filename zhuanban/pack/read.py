"""A pack's folder → `Pack`, or every problem at once.

Steps of `read_files`: parse each file into a tree with lines → read posts, grid, fields and states → read what refers
to them (moves, tables, lists) → cross-check (`check.py`). A part that is wrong is reported and read as well as it can
be, so that one slip hides no other; a pack with any problem is not handed out.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import zhuanban
from zhuanban.core.canonical import digest
from zhuanban.core.day import iso
from zhuanban.core.problem import Kind, Place, Problem, Refused
from zhuanban.core.ratio import Rounding
from zhuanban.pack import check, problems, tree
from zhuanban.pack.values import (
    NEW,
    Check,
    Column,
    Condition,
    Draw,
    Field,
    FieldType,
    Grid,
    Guard,
    Ledger,
    Level,
    Move,
    Option,
    Order,
    Pack,
    Post,
    Question,
    Rows,
    Stage,
    State,
    Table,
    WorkList,
)
from zhuanban.pack.vocabulary import BARE_DATE, BARE_MOVE, BARE_STATE, OWN_WORDS, PERSONAL, TYPE_WORDS, WORDS

MAX_FILE = 1_000_000  # characters
MAX_FILES = 300
MAX_TOTAL = 8_000_000

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_PACK_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)
_ORDER = re.compile(r"\s*(\S+)\s*(?:<=|≤)\s*(\S+)\s*")
_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,4}))?%", re.ASCII)
_FRACTION = re.compile(r"([0-9]{1,6})/([0-9]{1,6})", re.ASCII)

YamlPath = tuple[str | int, ...]


# --- Folders -----------------------------------------------------------------------------------------------------


def campaigns_folder() -> Path:
    """Where built-in packs live: `ZHUANBAN_CAMPAIGNS`, or `campaigns/` beside the package."""
    named = os.environ.get("ZHUANBAN_CAMPAIGNS")
    return Path(named) if named else Path(zhuanban.__file__).resolve().parent.parent / "campaigns"


def list_packs() -> list[Path]:
    """Folders of the built-in packs, by name."""
    home = campaigns_folder()
    return sorted(p.parent for p in home.glob("*/pack.yaml")) if home.is_dir() else []


def find_pack(name_or_dir: str | Path) -> Path:
    """The folder of a pack given by its path or by the name of a built-in one. Raises Refused (pack-001)."""
    given = Path(name_or_dir)
    if (given / "pack.yaml").is_file():
        return given
    home = campaigns_folder()
    if given.name == str(name_or_dir) and (home / given.name / "pack.yaml").is_file():
        return home / given.name
    advice = problems.hint(given.name, [p.name for p in list_packs()], "")
    raise Refused(problems.NO_PACK.at(Place(file=str(name_or_dir)), hint=advice))


def pack_files(folder: Path) -> dict[str, str]:
    """Relative path → text of a pack's YAML files, `demo/` left out. Raises Refused with every unreadable file."""
    files, wrong = _collect(folder)
    if wrong:
        raise Refused(wrong)
    return files


def _collect(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    name = folder.resolve().name
    if not (folder / "pack.yaml").is_file():
        return {}, [problems.NO_PACK.at(Place(file=str(folder)), hint="")]
    files: dict[str, str] = {}
    wrong: list[Problem] = []
    for pattern in ("*.y*ml", "*/*.y*ml"):  # no deeper: a pack has one level of folders
        for path in sorted(folder.glob(pattern)):
            relative = path.relative_to(folder).as_posix()
            if relative.startswith(("demo/", ".")) or path.suffix not in (".yaml", ".yml") or not path.is_file():
                continue
            place = Place(file=f"{name}/{relative}")
            if len(files) >= MAX_FILES:
                return files, [*wrong, problems.TOO_BIG.at(place, what=f"超过 {MAX_FILES} 个文件")]
            try:
                if path.stat().st_size > 4 * MAX_FILE:
                    wrong.append(problems.TOO_BIG.at(place, what=f"一个文件超过 {MAX_FILE} 字"))
                    continue
                files[relative] = path.read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                wrong.append(problems.NOT_UTF8.at(place))
    return files, wrong


def read_pack(folder: Path) -> tuple[Pack | None, list[Problem]]:
    """The pack in a folder, or None and all its problems. Rows by unit are compared with `demo/` where it is there."""
    files, wrong = _collect(folder)
    if not files:
        return None, wrong
    name = folder.resolve().name
    draft, found = _read(files, name)
    found = [*wrong, *found]
    if draft is not None:
        found += check.check_demo(draft.pack, folder / "demo", draft.place, name)
    return (draft.pack if draft is not None and not found else None), _in_order(found)


def read_files(files: Mapping[str, str], name: str = "") -> tuple[Pack | None, list[Problem]]:
    """The pack in these files (relative path → text), or None and all its problems. `name` stands before file names."""
    draft, found = _read(files, name)
    return (draft.pack if draft is not None and not found else None), _in_order(found)


_loaded: OrderedDict[str, Pack] = OrderedDict()


def load(files: Mapping[str, str], name: str = "") -> Pack:
    """The pack in these files; the same text is read once per process. Raises Refused with every problem."""
    key = files_sha256(files)
    pack = _loaded.get(key)
    if pack is None:
        pack, found = read_files(files, name)
        if pack is None:
            raise Refused(found)
        _loaded[key] = pack
        while len(_loaded) > 32:
            _loaded.popitem(last=False)
    return pack


def files_sha256(files: Mapping[str, str]) -> str:
    """Hex SHA-256 over the sorted files, names and texts: names a version of a pack exactly."""
    parts = [part.encode("utf-8", "surrogatepass") for path in sorted(files) for part in (path, files[path])]
    return digest(hashlib.sha256(b"zhuanban pack 1").digest(), *parts).hex()


def _in_order(found: list[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(found), key=lambda p: (p.place.file, p.place.line, p.code, p.says))


# --- Reading -----------------------------------------------------------------------------------------------------


class Draft:
    """A pack as far as it could be read, with the place of every word in it."""

    def __init__(self, pack: Pack, places: dict[YamlPath, Place]) -> None:
        self.pack = pack
        self.places = places

    def place(self, *path: str | int) -> Place:
        """Where a path was said, or the nearest thing above it that was."""
        for end in range(len(path), 0, -1):
            found = self.places.get(path[:end])
            if found is not None:
                return found
        return Place()


def _read(files: Mapping[str, str], name: str) -> tuple[Draft | None, list[Problem]]:
    reader = _Reader(name)
    trees = reader.parse(files)
    if trees is None:
        return None, reader.problems
    draft = Draft(reader.pack(trees, files_sha256(files)), reader.places)
    unread = frozenset(PurePosixPath(f).stem for f in reader.unread)
    return draft, [*reader.problems, *check.check(draft.pack, draft.place, unread)]


class _Said:
    """One YAML mapping being read as a thing of the language (`what` is a key of WORDS)."""

    def __init__(self, reader: _Reader, what: str, node: tree.Node, path: YamlPath, name: str = "") -> None:
        self.reader = reader
        self.path = path
        self.where = f"{what}“{name}”" if name else what
        self.place = reader.places.get(path, Place(line=node.line))
        self.unreadable = False  # what is missing in it is then not said too
        if not isinstance(node, tree.Mapping):
            self.unreadable = not (isinstance(node, tree.Scalar) and node.empty)
            if self.unreadable:
                self.wrong(problems.WRONG_TYPE, word=name or what, wanted="“词: 内容”的形式", got=tree.say_node(node))
            node = tree.Mapping(node.line)
        self.node = node
        for word in node.items:
            if word not in WORDS[what]:
                self.wrong(
                    problems.UNKNOWN_WORD, word, where=self.where, word=word, hint=problems.hint(word, WORDS[what])
                )

    def wrong(self, kind: Kind, at: str | int | None = None, /, **words: object) -> None:
        place = self.place if at is None else self.reader.places.get((*self.path, at), self.place)
        self.reader.problems.append(kind.at(place, **words))

    def has(self, word: str) -> bool:
        node = self.node.items.get(word)
        return node is not None and not (isinstance(node, tree.Scalar) and node.empty)

    def need(self, *words: str) -> None:
        for word in words:
            if not self.has(word) and not self.unreadable:
                self.wrong(problems.MISSING, where=self.where, word=word)

    def scalar(self, word: str, wanted: str) -> tree.Scalar | None:
        node = self.node.items.get(word)
        if node is None or (isinstance(node, tree.Scalar) and node.empty):
            return None
        if not isinstance(node, tree.Scalar):
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted=wanted, got=tree.say_node(node))
            return None
        return node

    def text(self, word: str, default: str = "") -> str:
        """The word's text, any plain scalar as written."""
        node = self.scalar(word, "文字")
        return default if node is None else node.text.strip()

    def texts(self, word: str) -> tuple[str, ...]:
        """A list of words; a single word stands for a list of one."""
        node = self.node.items.get(word)
        return () if node is None else self.reader.texts(node, (*self.path, word))

    def flag(self, word: str, default: bool = False) -> bool:
        node = self.scalar(word, "true 或 false")
        if node is None:
            return default
        if node.plain and node.text in ("true", "false"):
            return node.text == "true"
        self.wrong(problems.WRONG_TYPE, word, word=word, wanted="true 或 false", got=tree.say_node(node))
        return default

    def integer(self, word: str, low: int, high: int, default: int = 0) -> int:
        node = self.scalar(word, "整数")
        if node is None:
            return default
        if not (node.plain and _INTEGER.fullmatch(node.text)):
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted="整数", got=tree.say_node(node))
            return default
        value = int(node.text)
        if not low <= value <= high:
            self.wrong(problems.OUT_OF_BOUNDS, word, word=word, value=value, low=low, high=high)
            return default
        return value

    def number(self, word: str) -> int | float | None:
        node = self.scalar(word, "数")
        if node is None:
            return None
        value = _number(node)
        if value is None:
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted="数", got=tree.say_node(node))
        return value

    def day(self, word: str) -> int | None:
        node = self.scalar(word, "日期")
        if node is None:
            return None
        day = tree.day_of_text(node.text)
        if day is None:
            self.wrong(problems.BAD_DATE, word, value=node.text)
        return day

    def one_of(self, word: str, allowed: tuple[str, ...], default: str) -> str:
        """A word out of a few."""
        node = self.scalar(word, "一个词")
        if node is None:
            return default
        if node.text not in allowed:
            self.wrong(problems.BAD_CHOICE, word, word=word, value=node.text, hint=problems.hint(node.text, allowed))
            return default
        return node.text

    def rounding(self) -> Rounding | None:
        """The rounding rule; None where it is missing (the caller reports) or wrong (reported here)."""
        said = self.one_of("round", tuple(Rounding), "")
        return Rounding(said) if said else None

    def thing(self, word: str, what: str) -> _Said:
        """A mapping below this one."""
        node = self.node.items.get(word, tree.Mapping(self.place.line))
        return _Said(self.reader, what, node, (*self.path, word))

    def things(self, word: str, what: str, ascii_keys: bool = True) -> Iterator[tuple[str, _Said]]:
        """Key → mapping below this one."""
        node = self.node.items.get(word)
        if node is None or (isinstance(node, tree.Scalar) and node.empty):
            return
        if not isinstance(node, tree.Mapping):
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted="“键: 内容”的形式", got=tree.say_node(node))
            return
        for key, child in node.items.items():
            path = (*self.path, word, key)
            if ascii_keys:
                self.reader.key(key, path)
            yield key, _Said(self.reader, what, child, path, key)

    def listed(self, word: str, what: str) -> Iterator[_Said]:
        """A list of mappings below this one."""
        node = self.node.items.get(word)
        if node is None or (isinstance(node, tree.Scalar) and node.empty):
            return
        if not isinstance(node, tree.Listing):
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted="一个列表", got=tree.say_node(node))
            return
        for i, child in enumerate(node.items):
            yield _Said(self.reader, what, child, (*self.path, word, i))


def _number(node: tree.Scalar) -> int | float | None:
    if not (node.plain and _NUMBER.fullmatch(node.text)):
        return None
    return float(node.text) if "." in node.text else int(node.text)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.places: dict[YamlPath, Place] = {}
        self.unread: list[str] = []  # files that could not be parsed: nothing is said about what they would hold
        self.ledgers: dict[str, Ledger] = {}

    # Files

    def place(self, file: str, line: int) -> Place:
        return Place(file=f"{self.name}/{file}" if self.name else file, line=line)

    def parse(self, files: Mapping[str, str]) -> dict[str, dict[str, tree.Node]] | None:
        """`pack`, `ledgers`, `tables`, `lists` → key → tree. None where there is no pack at all."""
        if "pack.yaml" not in files:
            self.problems.append(problems.NO_PACK.at(self.place("", 0), hint=""))
            return None
        if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL:
            what = f"超过 {MAX_FILES} 个文件或 {MAX_TOTAL} 字"
            self.problems.append(problems.TOO_BIG.at(self.place("", 0), what=what))
            return None
        found: dict[str, dict[str, tree.Node]] = {"pack": {}, "ledgers": {}, "tables": {}, "lists": {}}
        for file in sorted(files):
            path = PurePosixPath(file)
            if path.parts[0] == "demo":
                continue
            room, key = (path.parts[0], path.stem) if len(path.parts) == 2 else (path.stem, "")
            known = room in found and path.suffix == ".yaml" and len(path.parts) <= 2 and (room != "pack" or not key)
            if not known:
                advice = problems.hint(room, found, "")
                self.problems.append(problems.UNKNOWN_FILE.at(self.place(file, 1), hint=advice))
                continue
            if len(files[file]) > MAX_FILE:
                self.problems.append(problems.TOO_BIG.at(self.place(file, 1), what=f"一个文件超过 {MAX_FILE} 字"))
                self.unread.append(file)
                continue
            root = tree.parse(files[file], self.place(file, 1).file, self.problems)
            if root is None:
                self.unread.append(file)
                continue
            if room == "pack":
                self._enter(found[room], "", root, 1, (), file)
            elif key:
                self._enter(found[room], key, root, 1, (room, key), file)
                self.key(key, (room, key))
            else:
                for each, child in root.items.items():
                    self._enter(found[room], each, child, root.lines[each], (room, each), file)
                    self.key(each, (room, each))
        return found

    def _enter(
        self, room: dict[str, tree.Node], key: str, node: tree.Node, line: int, path: YamlPath, file: str
    ) -> None:
        if key in room:
            other = self.places[path].file
            self.problems.append(problems.TWO_PLACES.at(self.place(file, line), word=key, other=other))
            return
        room[key] = node
        for at, where in tree.walk(node, path, line):
            self.places[at] = self.place(file, where)

    def key(self, key: str, path: YamlPath) -> None:
        if not _KEY.fullmatch(key):
            self.problems.append(problems.BAD_KEY.at(self.places[path], word=key, mark="和下划线"))

    def texts(self, node: tree.Node, path: YamlPath) -> tuple[str, ...]:
        """A list of words, or one word."""
        if isinstance(node, tree.Scalar):
            return () if node.empty else (node.text.strip(),)
        if isinstance(node, tree.Mapping):
            word = str(path[-1])
            got = tree.say_node(node)
            self.problems.append(problems.WRONG_TYPE.at(self.places[path], word=word, wanted="一个或几个词", got=got))
            return ()
        words = []
        for i, item in enumerate(node.items):
            if isinstance(item, tree.Scalar) and not item.empty:
                words.append(item.text.strip())
                continue
            got = tree.say_node(item)
            place = self.places[(*path, i)]
            self.problems.append(problems.WRONG_TYPE.at(place, word=str(path[-1]), wanted="一串词", got=got))
        return tuple(words)

    # The pack

    def pack(self, trees: dict[str, dict[str, tree.Node]], sha256: str) -> Pack:
        root = trees["pack"].get("", tree.Mapping(1))
        said = _Said(self, "行动包", root, ())
        said.place = self.place("pack.yaml", 1)
        if "pack.yaml" not in self.unread:
            said.need("key", "title", "grid", "posts")
        key = said.text("key")
        if key and not _PACK_KEY.fullmatch(key):
            said.wrong(problems.BAD_KEY, "key", word=key, mark="和连字符")
        if demo := said.text("demo_campaign"):
            self._demo_name(said, demo)

        # Fields and states first: conditions everywhere need to know them.
        ledgers_said = {key: _Said(self, "台账", node, ("ledgers", key), key) for key, node in trees["ledgers"].items()}
        posts = {key: self._post(key, post) for key, post in said.things("posts", "岗位")}
        for key, ledger in ledgers_said.items():
            self.ledgers[key] = self._ledger(key, ledger)
        for key, ledger in ledgers_said.items():
            self.ledgers[key] = replace(self.ledgers[key], moves=self._moves(key, ledger, tuple(posts)))
        tables = {k: self._table(k, _Said(self, "统计表", n, ("tables", k), k)) for k, n in trees["tables"].items()}
        return Pack(
            key=key_or(said.text("key")),
            title=said.text("title"),
            grid=self._grid(said),
            posts=posts,
            ledgers=self.ledgers,
            tables={k: self._with_decimals(t) for k, t in tables.items()},
            short=said.text("short") or said.text("title"),
            version=said.text("version", "1"),
            source=said.text("source"),
            stages={key: self._stage(key, stage) for key, stage in said.things("stages", "阶段")},
            lists={k: self._list(k, _Said(self, "清单", n, ("lists", k), k)) for k, n in trees["lists"].items()},
            draws={key: self._draw(key, draw) for key, draw in said.things("draws", "抽查")},
            texts=self._texts(said),
            demo_campaign=said.text("demo_campaign") or key_or(said.text("key")),
            sha256=sha256,
        )

    def _demo_name(self, said: _Said, demo: str) -> None:
        if not _PACK_KEY.fullmatch(demo):
            said.wrong(problems.BAD_KEY, "demo_campaign", word=demo, mark="和连字符")

    def _grid(self, said: _Said) -> Grid:
        grid = said.thing("grid", "网格")
        if said.has("grid"):
            grid.need("levels")
        levels = []
        for key, level in grid.things("levels", "级"):
            level.need("title")
            levels.append(Level(key, level.text("title", key), level.texts("names"), level.integer("digits", 0, 18)))
        return Grid(tuple(levels), grid.text("root"))

    def _post(self, key: str, said: _Said) -> Post:
        said.need("title")
        sees = said.texts("sees") or ("region",)
        for word in sees:
            if word not in ("all", "region", "unit"):
                advice = problems.hint(word, ("all", "region", "unit"))
                said.wrong(problems.BAD_CHOICE, "sees", word="sees", value=word, hint=advice)
        return Post(key, said.text("title", key), sees, said.place)

    def _stage(self, key: str, said: _Said) -> Stage:
        said.need("title")
        return Stage(key, said.text("title", key), said.day("start"), said.day("end"), said.text("source"), said.place)

    def _texts(self, said: _Said) -> dict[str, str]:
        node = said.node.items.get("texts")
        if node is None or (isinstance(node, tree.Scalar) and node.empty):
            return {}
        if not isinstance(node, tree.Mapping):
            said.wrong(problems.WRONG_TYPE, "texts", word="texts", wanted="“键: 文字”", got=tree.say_node(node))
            return {}
        texts = {}
        for key, child in node.items.items():
            self.key(key, ("texts", key))
            if isinstance(child, tree.Scalar):
                texts[key] = "" if child.empty else child.text.strip()
                continue
            got = tree.say_node(child)
            self.problems.append(problems.WRONG_TYPE.at(self.places[("texts", key)], word=key, wanted="文字", got=got))
        return texts

    def _draw(self, key: str, said: _Said) -> Draw:
        said.need("title", "level", "in_each", "ratio", "by")
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
            level=said.text("level"),
            stratum=said.text("in_each"),
            ratio=ratio or (1, 1),
            round=rule or Rounding.CEIL,
            by=said.texts("by"),
            source=said.text("source"),
            at=said.place,
        )

    # Ledgers

    def _ledger(self, key: str, said: _Said) -> Ledger:
        said.need("title", "fields")
        number, region, unit = (
            said.thing("number", "编号"),
            said.thing("region", "所属网格"),
            said.thing("unit", "责任单位"),
        )
        one_per, one_per_says = self._one_per(said)
        return Ledger(
            key=key,
            title=said.text("title", key),
            fields={k: self._field(k, field) for k, field in said.things("fields", "栏目")},
            states=self._states(said),
            moves={},
            word=said.text("word", "条"),
            number_title=number.text("title", "编号"),
            number_aliases=number.texts("aliases"),
            number_pattern=number.text("pattern"),
            one_per=one_per,
            one_per_says=one_per_says,
            match=said.texts("match"),
            region_level=region.text("level"),
            region_required=region.flag("required", True),
            region_title=region.text("title", "所属区域"),
            region_aliases=region.texts("aliases"),
            unit_required=unit.flag("required"),
            unit_title=unit.text("title", "责任单位"),
            unit_aliases=unit.texts("aliases"),
            checks=tuple(self._check(each) for each in said.listed("checks", "核对")),
            amend_by=said.texts("amend_by"),
            seen_by=said.texts("seen_by"),
            source=said.text("source"),
            help=said.text("help"),
            at=said.place,
        )

    def _one_per(self, said: _Said) -> tuple[tuple[str, ...], str]:
        if isinstance(said.node.items.get("one_per"), tree.Mapping):
            one = said.thing("one_per", "唯一")
            one.need("fields")
            return one.texts("fields"), one.text("says")
        return said.texts("one_per"), ""

    def _check(self, said: _Said) -> Check:
        kinds = [word for word in ("differ", "ordered") if said.has(word)]
        if len(kinds) != 1:
            said.wrong(problems.ONE_OF, where="核对", words="differ、ordered", n=len(kinds))
        said.need("says")
        kind = kinds[0] if kinds else "differ"
        return Check(kind, said.texts(kind), said.text("says"), said.place)

    def _field(self, key: str, said: _Said) -> Field:
        said.need("title", "type")
        kind = FieldType(said.one_of("type", tuple(FieldType), FieldType.TEXT))
        title = said.text("title", key)
        if said.text("type") == kind:
            for word, types in OWN_WORDS.items():
                if said.has(word) and kind not in types:
                    said.wrong(problems.NOT_FOR_TYPE, word, kind=TYPE_WORDS[kind], field=title, word=word)
        if kind is FieldType.LINK:
            said.need("ledger")
        pattern = said.text("pattern")
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            said.wrong(problems.BAD_PATTERN, "pattern", value=pattern, detail=error)
            pattern = ""
        return Field(
            key=key,
            title=title,
            type=kind,
            required=said.flag("required"),
            aliases=said.texts("aliases"),
            options=self._options(said),
            open=said.flag("open"),
            many=said.flag("many"),
            ledger=said.text("ledger"),
            unit=said.text("unit"),
            decimals=said.integer("decimals", 0, 6),
            minimum=said.number("minimum"),
            maximum=said.number("maximum"),
            earliest=said.day("earliest"),
            pattern=pattern,
            personal=said.one_of("personal", PERSONAL, ""),
            seen_by=said.texts("seen_by"),
            outside=said.one_of("outside", ("warn", "inbox"), ""),
            help=said.text("help"),
            source=said.text("source"),
            at=said.place,
        )

    def _options(self, said: _Said) -> tuple[Option, ...]:
        node = said.node.items.get("options")
        if not isinstance(node, tree.Listing):
            return tuple(Option(word) for word in said.texts("options"))
        options = []
        for i, item in enumerate(node.items):
            path = (*said.path, "options", i)
            if isinstance(item, tree.Scalar) and not item.empty:
                options.append(Option(item.text.strip()))
                continue
            option = _Said(self, "选项", item, path)
            option.need("title")
            options.append(Option(option.text("title"), option.texts("aliases")))
        return tuple(options)

    def _states(self, said: _Said) -> dict[str, State]:
        if not said.has("workflow"):
            return {BARE_STATE: State(BARE_STATE, (BARE_MOVE,), closed=True, at=said.place)}
        flow = said.thing("workflow", "流程")
        flow.need("states", "moves")
        states = {}
        for key, state in flow.things("states", "状态", ascii_keys=False):
            states[key] = State(key, state.texts("reached"), state.flag("closed"), state.texts("seen_by"), state.place)
        return states

    def _moves(self, ledger: str, said: _Said, posts: tuple[str, ...]) -> dict[str, Move]:
        if not said.has("workflow"):
            by = said.texts("amend_by") or posts
            opening = Move(BARE_MOVE, (NEW,), BARE_STATE, by, date=BARE_DATE, at=said.place)
            return {BARE_MOVE: opening}
        return {
            key: self._move(ledger, key, move)
            for key, move in said.thing("workflow", "流程").things("moves", "流转", ascii_keys=False)
        }

    def _move(self, ledger: str, key: str, said: _Said) -> Move:
        said.need("from", "to")
        date_aliases: tuple[str, ...] = ()
        if isinstance(said.node.items.get("date"), tree.Mapping):
            head = said.thing("date", "日期栏")
            head.need("title")
            title, date_aliases = head.text("title"), head.texts("aliases")
        else:
            title = said.text("date")
        return Move(
            key=key,
            from_=said.texts("from"),
            to=said.text("to"),
            by=said.texts("by"),
            date=title,
            date_aliases=date_aliases,
            needs=said.texts("needs"),
            sets=self._sets(ledger, said),
            not_by=said.texts("not_by"),
            reason=said.flag("reason"),
            requires=tuple(self._guard(each) for each in said.listed("requires", "前提")),
            source=said.text("source"),
            at=said.place,
        )

    def _sets(self, ledger: str, said: _Said) -> tuple[tuple[str, Any], ...]:
        node = said.node.items.get("sets")
        if node is None:
            return ()
        if not isinstance(node, tree.Mapping):
            said.wrong(problems.WRONG_TYPE, "sets", word="sets", wanted="“栏目: 值”", got=tree.say_node(node))
            return ()
        fields = self.ledgers[ledger].fields
        found: list[tuple[str, Any]] = []
        for key, child in node.items.items():
            path = (*said.path, "sets", key)
            if isinstance(child, tree.Mapping):
                later = _Said(self, "写入", child, path, key)
                later.need("days_after")
                days = later.text("days_after")
                if days and not (_INTEGER.fullmatch(days) and 1 <= int(days) <= 36_500):
                    later.wrong(problems.BAD_DAYS, "days_after", value=days)
                    days = "1"
                found.append((key, ("days_after", int(days or 1))))
            elif isinstance(child, tree.Listing):
                found.append((key, self.texts(child, path)))
            else:
                found.append((key, None if child.empty else _value(fields.get(key), child)))
        return tuple(found)

    def _guard(self, said: _Said) -> Guard:
        kinds = [word for word in ("exists", "none") if said.has(word)]
        if len(kinds) != 1:
            said.wrong(problems.ONE_OF, where="前提", words="exists、none", n=len(kinds))
        said.need("says")
        if said.has("scope") and said.has("level"):
            said.wrong(problems.ONE_OF, where="前提", words="scope、level", n=2)
        kind = kinds[0] if kinds else "exists"
        ledger, level = said.text(kind), said.text("level")
        scope = "level" if level else said.one_of("scope", ("same", "within"), "same")
        return Guard(kind, ledger, self._where(ledger, said), scope, level, said.text("says"), said.place)

    # Conditions

    def _where(self, ledger: str, said: _Said) -> tuple[Condition, ...]:
        """Conditions in one order, whatever the order of writing: equal questions must be equal."""
        node = said.node.items.get("where")
        if node is None or (isinstance(node, tree.Scalar) and node.empty):
            return ()
        if not isinstance(node, tree.Mapping):
            said.wrong(problems.WRONG_TYPE, "where", word="where", wanted="“栏目: 值”", got=tree.say_node(node))
            return ()
        fields = self.ledgers[ledger].fields if ledger in self.ledgers else {}
        found: list[Condition] = []
        for key, child in node.items.items():
            found += self._conditions(key, fields.get(key), child, (*said.path, "where", key))
        return tuple(sorted(set(found), key=lambda c: (c.field, c.op, repr(c.value))))

    def _conditions(self, key: str, field: Field | None, node: tree.Node, path: YamlPath) -> Iterator[Condition]:
        if isinstance(node, tree.Scalar):
            if node.empty:
                self.problems.append(problems.ALL_EMPTY.at(self.places[path], word=key))
                return
            yield Condition(key, "is", _value(field, node))
            return
        if isinstance(node, tree.Listing):
            yield from self._among(key, field, node, path, "in")
            return
        said = _Said(self, "条件", node, path, key)
        if not node.items:
            said.wrong(problems.ALL_EMPTY, word=key)
        for word in ("empty", "filled"):
            if word in node.items:
                if said.flag(word):
                    yield Condition(key, word)
                elif said.text(word) == "false":
                    other = "filled" if word == "empty" else "empty"
                    advice = f"请改写为 {other}: true。"
                    said.wrong(problems.BAD_CHOICE, word, word=word, value="false", hint=advice)
        if "not" in node.items:
            yield from self._among(key, field, node.items["not"], (*path, "not"), "not_in")
        for word in ("at_least", "at_most"):
            bound = said.number(word)
            if bound is not None:
                yield Condition(key, word, bound)
        for word in ("before", "on_or_after"):
            scalar = said.scalar(word, "日期")
            if scalar is None:
                continue
            if scalar.text != "as_of":
                day = tree.day_of_text(scalar.text)
                if day is None:
                    said.wrong(problems.BAD_DATE, word, value=scalar.text)
                    continue
                yield Condition(key, word, iso(day))
            else:
                yield Condition(key, word, "as_of")

    def _among(self, key: str, field: Field | None, node: tree.Node, path: YamlPath, op: str) -> Iterator[Condition]:
        items: list[tree.Node] = node.items if isinstance(node, tree.Listing) else [node]
        values = []
        for item in items:
            if isinstance(item, tree.Scalar) and not item.empty:
                values.append(_value(field, item))
                continue
            got = tree.say_node(item)
            self.problems.append(problems.WRONG_TYPE.at(self.places[path], word=key, wanted="一串词", got=got))
        if not items:
            self.problems.append(problems.ALL_EMPTY.at(self.places[path], word=key))
        if not values:
            return
        if op == "in" and len(set(values)) == 1:
            yield Condition(key, "is", values[0])
        else:
            yield Condition(key, op, tuple(sorted(set(values), key=lambda v: (str(type(v)), v))))

    # Tables and lists

    def _table(self, key: str, said: _Said) -> Table:
        said.need("title", "rows", "columns")
        rows_said = said.thing("rows", "行")
        if said.has("rows"):
            rows_said.need("by")
        rows = Rows(
            by=rows_said.text("by", "region"),
            names=rows_said.texts("names"),
            total=rows_said.text("total"),
            total_first=rows_said.one_of("total_at", ("top", "bottom"), "top") == "top",
        )
        by = "" if rows.by == "region" else rows.by
        return Table(
            key=key,
            title=said.text("title", key),
            rows=rows,
            columns={k: self._column(k, column, by) for k, column in said.things("columns", "列")},
            head=said.text("head", "区域"),
            orders=tuple(self._orders(said)),
            source=said.text("source"),
            at=said.place,
        )

    def _orders(self, said: _Said) -> Iterator[Order]:
        for i, text in enumerate(said.texts("checks")):
            place = self.places.get((*said.path, "checks", i)) or self.places[(*said.path, "checks")]
            match = _ORDER.fullmatch(text)
            if match is None:
                self.problems.append(problems.BAD_CHECK.at(place, value=text))
            else:
                yield Order(match[1], match[2], place)

    def _column(self, key: str, said: _Said, by: str) -> Column:
        said.need("title")
        title = said.text("title", key)
        kinds = [word for word in ("count", "sum", "ratio", "text", "plus") if said.has(word)]
        if len(kinds) != 1:
            words = "count、sum、ratio、text、plus"
            said.wrong(problems.ONE_OF, where=f"列“{title}”", words=words, n=len(kinds))
        kind = kinds[0] if kinds else "plus"
        for word, of in (("where", "count sum"), ("reached", "count sum"), ("round", "ratio"), ("digits", "ratio")):
            if said.has(word) and kinds and kind not in of:
                said.wrong(
                    problems.UNKNOWN_WORD,
                    word,
                    where=f"{kind} 的列",
                    word=word,
                    hint=f"“{word}”只用于 {of.replace(' ', '、')} 的列。",
                )
        if said.has("minus") and kind != "plus":
            said.wrong(
                problems.UNKNOWN_WORD, "minus", where=f"{kind} 的列", word="minus", hint="“minus”跟在 plus 后面用。"
            )
        column = Column(key, title, source=said.text("source"), at=said.place)
        if kind in ("count", "sum"):
            ledger, summed = (said.text("count"), "") if kind == "count" else self._dotted(said, "sum")
            question = Question(ledger, self._where(ledger, said), said.text("reached"), summed, by)
            return replace(column, question=question)
        if kind == "ratio":
            parts = said.texts("ratio")
            if len(parts) != 2:
                wanted = "[分子列, 分母列]"
                said.wrong(problems.WRONG_TYPE, "ratio", word="ratio", wanted=wanted, got=f"{len(parts)} 个词")
            rule = said.rounding()
            if rule is None and not said.has("round"):
                said.wrong(problems.RATIO_NO_ROUNDING, column=title)
            pair = (parts[0], parts[1]) if len(parts) == 2 else ("", "")
            return replace(column, ratio=pair, round=rule, digits=said.integer("digits", 0, 6))
        if kind == "text":
            return replace(column, text=self._dotted(said, "text"))
        return replace(column, plus=said.texts("plus"), minus=said.texts("minus"))

    def _dotted(self, said: _Said, word: str) -> tuple[str, str]:
        """`ledger.field` → its two parts."""
        ledger, dot, field = said.text(word).partition(".")
        if not (dot and ledger and field):
            said.wrong(problems.WRONG_TYPE, word, word=word, wanted="“台账.栏目”", got=f"“{said.text(word)}”")
        return ledger, field

    def _with_decimals(self, table: Table) -> Table:
        columns = {k: replace(c, decimals=self._decimals(table, k, frozenset())) for k, c in table.columns.items()}
        return replace(table, columns=columns)

    def _decimals(self, table: Table, key: str, seen: frozenset[str]) -> int:
        column = table.columns.get(key)
        if column is None or key in seen:
            return 0
        if column.question is not None:
            ledger = self.ledgers.get(column.question.ledger)
            field = ledger.fields.get(column.question.sum) if ledger is not None else None
            return field.decimals if field is not None else 0
        parts = (*column.plus, *column.minus)
        return max((self._decimals(table, part, seen | {key}) for part in parts), default=0)

    def _list(self, key: str, said: _Said) -> WorkList:
        said.need("title", "ledger")
        ledger = said.text("ledger")
        return WorkList(
            key,
            said.text("title", key),
            ledger,
            self._where(ledger, said),
            said.text("missing"),
            said.text("source"),
            said.place,
        )


def key_or(text: str) -> str:
    """A pack's key, or a stand-in while it is missing (such a pack is never handed out)."""
    return text or "pack"


def _value(field: Field | None, node: tree.Scalar) -> str | int | float:
    """A value as records keep it: numbers for number fields, text for all others."""
    if field is not None and field.type in (FieldType.INTEGER, FieldType.NUMBER):
        number = _number(node)
        if number is not None:
            return number
    return node.text.strip()


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
