"""One YAML mapping being read as a thing of the language, word by word; and the book that all of them are in."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import PurePosixPath

from zhuanban.core.problem import Kind, Place, Problem
from zhuanban.core.ratio import Rounding
from zhuanban.pack import problems, tree
from zhuanban.pack.folder import MAX_FILE, MAX_FILES, MAX_TOTAL, is_template
from zhuanban.pack.vocabulary import WORDS

YamlPath = tuple[str | int, ...]

ROOMS = (
    *("pack", "ledgers", "tables", "lists", "standards", "archives", "forms", "duties", "alarms", "layers"),
    "scorecards",
)
"""Names of files and folders in a pack."""

INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class Book:
    """The files of one pack while they are read: trees, the place of every word, and what is wrong so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.places: dict[YamlPath, Place] = {}
        self.templates: dict[str, bytes] = {}
        self.unread: list[str] = []  # files that could not be parsed: nothing is said about what they would hold

    def place(self, *path: str | int) -> Place:
        """Where a path was said, or the nearest thing above it that was."""
        for end in range(len(path), -1, -1):
            found = self.places.get(path[:end])
            if found is not None:
                return found
        return self.file_place("pack.yaml", 1)

    def file_place(self, file: str, line: int) -> Place:
        return Place(file=f"{self.name}/{file}" if self.name else file, line=line)

    def parse(self, files: Mapping[str, str]) -> dict[str, dict[str, tree.Node]] | None:
        """The room of a file (`pack`, `ledgers`, …) → key → tree. None where there is no pack at all."""
        if "pack.yaml" not in files:
            self.problems.append(problems.NO_PACK.at(self.file_place("", 0), hint=""))
            return None
        if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL:
            what = f"超过 {MAX_FILES} 个文件或 {MAX_TOTAL} 字"
            self.problems.append(problems.TOO_BIG.at(self.file_place("", 0), what=what))
            return None
        found: dict[str, dict[str, tree.Node]] = {room: {} for room in ROOMS}
        for file in sorted(files):
            path = PurePosixPath(file)
            if path.parts[0] == "demo":
                continue
            if is_template(file):
                self._template(file, files[file])
                continue
            room, key = (path.parts[0], path.stem) if len(path.parts) == 2 else (path.stem, "")
            known = room in found and path.suffix == ".yaml" and len(path.parts) <= 2 and (room != "pack" or not key)
            if not known:
                advice = problems.hint(room, found, "")
                self.problems.append(problems.UNKNOWN_FILE.at(self.file_place(file, 1), hint=advice))
                continue
            if len(files[file]) > MAX_FILE:
                self.problems.append(problems.TOO_BIG.at(self.file_place(file, 1), what=f"一个文件超过 {MAX_FILE} 字"))
                self.unread.append(file)
                continue
            root = tree.parse(files[file], self.file_place(file, 1).file, self.problems)
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

    def _template(self, file: str, text: str) -> None:
        try:
            self.templates[file] = b64decode(text, validate=True)
        except ValueError:
            self.problems.append(problems.BROKEN_TEMPLATE.at(self.file_place(file, 0)))

    def _enter(
        self, room: dict[str, tree.Node], key: str, node: tree.Node, line: int, path: YamlPath, file: str
    ) -> None:
        if key in room:
            other = self.places[path].file
            self.problems.append(problems.TWO_PLACES.at(self.file_place(file, line), word=key, other=other))
            return
        room[key] = node
        for at, where in tree.walk(node, path, line):
            self.places[at] = self.file_place(file, where)

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


class Said:
    """One YAML mapping being read as a thing of the language (`what` is a key of WORDS)."""

    def __init__(self, book: Book, what: str, node: tree.Node, path: YamlPath, name: str = "") -> None:
        self.book = book
        self.path = path
        self.where = f"{what}“{name}”" if name else what
        self.place = book.place(*path)
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
        place = self.place if at is None else self.book.places.get((*self.path, at), self.place)
        self.book.problems.append(kind.at(place, **words))

    def places(self) -> dict[str, Place]:
        """Where each of its words stands."""
        return {word: self.book.place(*self.path, word) for word in self.node.items}

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
        return () if node is None else self.book.texts(node, (*self.path, word))

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
        if not (node.plain and INTEGER.fullmatch(node.text)):
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
        value = number_of(node)
        if value is None:
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted="数", got=tree.say_node(node))
        return value

    def exact(self, word: str) -> Fraction | None:
        """A number with every digit that it has: points are never floats."""
        node = self.scalar(word, "数")
        if node is None:
            return None
        value = exact_of(node)
        if value is None:
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted="数", got=tree.say_node(node))
        return value

    def exacts(self, word: str) -> Iterator[tuple[str, Fraction]]:
        """Key → number below a word."""
        for key, child in self.below(word, "“键: 数”的形式").items():
            value = exact_of(child) if isinstance(child, tree.Scalar) else None
            if value is not None:
                yield key, value
                continue
            place = self.book.places[(*self.path, word, key)]
            got = tree.say_node(child)
            self.book.problems.append(problems.WRONG_TYPE.at(place, word=key, wanted="数", got=got))

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

    def thing(self, word: str, what: str) -> Said:
        """A mapping below this one."""
        node = self.node.items.get(word, tree.Mapping(self.place.line))
        return Said(self.book, what, node, (*self.path, word))

    def below(self, word: str, wanted: str = "“键: 内容”的形式") -> Mapping[str, tree.Node]:
        """What stands below a word, by key; nothing where there is nothing, or no mapping (reported)."""
        node = self.node.items.get(word)
        if node is None or (isinstance(node, tree.Scalar) and node.empty):
            return {}
        if not isinstance(node, tree.Mapping):
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted=wanted, got=tree.say_node(node))
            return {}
        return node.items

    def lines(
        self, word: str, one: str = "文字", *, blank: bool = True, ascii_keys: bool = False
    ) -> Iterator[tuple[str, str]]:
        """Key → text below a word, as written. `one`: what each must be, for readers; `blank`: may it be empty?"""
        for key, child in self.below(word, f"“键: {one}”").items():
            if ascii_keys:
                self.book.key(key, (*self.path, word, key))
            if isinstance(child, tree.Scalar) and (blank or not child.empty):
                yield key, "" if child.empty else child.text
                continue
            place = self.book.places[(*self.path, word, key)]
            got = tree.say_node(child)
            self.book.problems.append(problems.WRONG_TYPE.at(place, word=key, wanted=one, got=got))

    def things(self, word: str, what: str, ascii_keys: bool = True) -> Iterator[tuple[str, Said]]:
        """Key → mapping below this one."""
        for key, child in self.below(word).items():
            path = (*self.path, word, key)
            if ascii_keys:
                self.book.key(key, path)
            yield key, Said(self.book, what, child, path, key)

    def listed(self, word: str, what: str) -> Iterator[Said]:
        """A list of mappings below this one."""
        node = self.node.items.get(word)
        if node is None or (isinstance(node, tree.Scalar) and node.empty):
            return
        if not isinstance(node, tree.Listing):
            self.wrong(problems.WRONG_TYPE, word, word=word, wanted="一个列表", got=tree.say_node(node))
            return
        for i, child in enumerate(node.items):
            yield Said(self.book, what, child, (*self.path, word, i))


def exact_of(node: tree.Scalar) -> Fraction | None:
    return Fraction(node.text) if node.plain and _NUMBER.fullmatch(node.text) else None


def number_of(node: tree.Scalar) -> int | float | None:
    if not (node.plain and _NUMBER.fullmatch(node.text)):
        return None
    return float(node.text) if "." in node.text else int(node.text)
