"""YAML 1.2 text → a small tree that remembers the line of every key and value.

Built from the parser's events, not by its constructor: no tag makes an object, no alias multiplies, depth and
size are bounded while reading, and a key that stands twice is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from zhuanban.core.day import from_iso
from zhuanban.core.problem import Place, Problem
from zhuanban.pack.problems import BAD_YAML, NOT_USED, TOO_BIG, TWICE, WRONG_TYPE

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

MAX_DEPTH = 16
MAX_NODES = 60_000  # in one file; the largest real ledger has about a thousand


@dataclass(slots=True)
class Scalar:
    """A word, number or text as written. `plain` is False where it was quoted or a block."""

    line: int
    text: str
    plain: bool

    @property
    def empty(self) -> bool:
        """True for what YAML calls null."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Listing:
    """A YAML sequence."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """A YAML mapping: key → node, and the line of each key."""

    line: int
    items: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Listing | Mapping

# What the parser says most often, in the reader's language; anything else is shown as it is.
_DETAILS = (
    ("tab", "用了制表符，请用空格缩进"),
    ("\\t", "用了制表符，请用空格缩进"),
    ("expected ',' or '}'", "花括号没有闭合，或缺逗号"),
    ("expected ',' or ']'", "方括号没有闭合，或缺逗号"),
    ("unexpected end of stream", "引号没有闭合"),
    ("mapping values are not allowed", "这里不能再写冒号：缩进不对，或文字里有“: ”而没有加引号"),
    ("could not find expected ':'", "缺少冒号"),
    ("expected <block end>", "缩进前后不一致"),
    ("cannot start any token", "词的开头用了特殊符号，请加引号"),
    ("expected the node content", "缺少内容"),
    ("<document start>", "上下文不是一个整体：缩进不对，或列表与“词: 内容”混写"),
    ("another document", "一个文件里写了两份文档（---）"),
    ("special characters are not allowed", "含有看不见的控制字符"),
)


def _detail(error: YAMLError) -> str:
    said = f"{getattr(error, 'problem', '') or ''} {getattr(error, 'reason', '') or ''}".strip() or str(error)
    return next((words for sign, words in _DETAILS if sign in said), said.replace("\n", " "))


def _line(error: YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark is not None else 1


def parse(text: str, file: str, problems: list[Problem]) -> Mapping | None:
    """The tree of one file, or None with the reason added to `problems`. An empty file is an empty mapping."""
    try:
        root = _build(text, file, problems)
    except MarkedYAMLError as error:
        problems.append(BAD_YAML.at(Place(file=file, line=_line(error)), detail=_detail(error)))
        return None
    except YAMLError as error:  # a character that YAML does not allow: no mark, but a position
        line = text.count("\n", 0, getattr(error, "position", 0) or 0) + 1
        problems.append(BAD_YAML.at(Place(file=file, line=line), detail=_detail(error)))
        return None
    except _Stop:
        return None
    if root is None or (isinstance(root, Scalar) and root.empty):
        return Mapping(1)
    if not isinstance(root, Mapping):
        problems.append(
            WRONG_TYPE.at(Place(file=file, line=root.line), word=file, wanted="“词: 内容”的形式", got=say_node(root))
        )
        return None
    return root


class _Stop(Exception):
    """The file is given up; the problem is already written down."""


def _build(text: str, file: str, problems: list[Problem]) -> Node | None:
    """Steps: take events one by one; open and close lists and mappings on a stack; hang each node on the top."""
    root: Node | None = None
    stack: list[Listing | Mapping] = []
    keys: list[str | None] = []  # the key that waits for its value, per open node
    count = 0
    documents = 0

    def hang(node: Node) -> None:
        nonlocal root
        if not stack:
            root = node
            return
        top = stack[-1]
        if isinstance(top, Listing):
            top.items.append(node)
            return
        key = keys[-1]
        if key is None:
            keys[-1] = _key(node, file, problems)
            if keys[-1] in top.items:
                problems.append(
                    TWICE.at(Place(file=file, line=node.line), word=keys[-1] or "", line=top.lines[keys[-1] or ""])
                )
            else:
                top.lines[keys[-1] or ""] = node.line
            return
        top.items.setdefault(key, node)  # the first one counts; the second has been reported
        keys[-1] = None

    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent):
            count += 1
            line = event.start_mark.line + 1
            if count > MAX_NODES:
                problems.append(TOO_BIG.at(Place(file=file, line=line), what=f"一个文件里超过 {MAX_NODES} 个词"))
                raise _Stop
            if isinstance(event, AliasEvent) or event.anchor is not None:
                problems.append(NOT_USED.at(Place(file=file, line=line), what="锚点和引用（& 和 *）"))
                raise _Stop
            if event.tag is not None:
                problems.append(NOT_USED.at(Place(file=file, line=line), what="标签（!）"))
                raise _Stop
            if isinstance(event, ScalarEvent):
                hang(Scalar(line, event.value, event.style is None))
                continue
            if len(stack) >= MAX_DEPTH:
                problems.append(TOO_BIG.at(Place(file=file, line=line), what=f"套了超过 {MAX_DEPTH} 层"))
                raise _Stop
            node: Listing | Mapping = Mapping(line) if isinstance(event, MappingStartEvent) else Listing(line)
            hang(node)
            stack.append(node)
            keys.append(None)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            stack.pop()
            keys.pop()
        elif isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                line = event.start_mark.line + 1
                problems.append(BAD_YAML.at(Place(file=file, line=line), detail="一个文件里写了两份文档（---）"))
                raise _Stop
    return root


def _key(node: Node, file: str, problems: list[Problem]) -> str:
    """The text of a key; a list or mapping as a key is given up."""
    if isinstance(node, Scalar) and not node.empty:
        return node.text
    problems.append(WRONG_TYPE.at(Place(file=file, line=node.line), word="键", wanted="一个词", got=say_node(node)))
    raise _Stop


def walk(node: Node, path: tuple[str | int, ...], line: int) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Every path below (and with) `node`, with its line: the key's line in a mapping, the item's in a list."""
    yield path, line
    if isinstance(node, Mapping):
        for key, child in node.items.items():
            yield from walk(child, (*path, key), node.lines[key])
    elif isinstance(node, Listing):
        for i, child in enumerate(node.items):
            yield from walk(child, (*path, i), child.line)


def say_node(node: Node) -> str:
    """What a node is, for messages."""
    if isinstance(node, Mapping):
        return "“词: 内容”的形式"
    if isinstance(node, Listing):
        return "一个列表"
    return "空" if node.empty else f"“{node.text if len(node.text) <= 40 else node.text[:40] + '…'}”"


def day_of_text(text: str) -> int | None:
    """Day number of `2023-12-08`, or None (Python itself would take `20231208` and `2023-W49-5` too)."""
    try:
        return from_iso(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
