"""Packs, not code: no module of the program names a campaign, or a ledger, table, field, state or move of one.

A printed word is one campaign's own where no other pack prints it.

Reads every pack's YAML as plain text trees, so that it knows the packs' words without the pack room's help, and looks
for them in the program's string literals, identifiers and templates. Docstrings and comments may give examples.
"""

import ast
import re
from collections import Counter

import pytest
from ruamel.yaml import YAML

# A longer printed word is also looked for inside other texts (“请填写办结日期”); a shorter one only as a whole literal.
LONG = 4

# Words that a pack and the program both use, each for itself.
SHARED: dict[str, str] = {
    "post_title": "how somebody is called in his post",
    "problems": "every room's file of problem kinds",
    "rules": "every room's file of pure functions",
    "users": "the people of a campaign",
    "cells": "the cells of a sheet, of a table, of the grid",
    "tasks": "an office's everyday word",
    "members": "an office's everyday word",
    "问题": "what any check finds",
    "说明": "what any sheet may add in words",
    "启用日期": "head of the regions' and units' files",
    "停用日期": "head of the regions' and units' files",
    "报送单位": "the unit that owes a report",
    "编号": "head of every export: the record's number",
    "名称": "head of the regions' and units' files",
    "简称": "head of the units' file",
    "备注": "what notes are headed with in any sheet",
    "办理情况": "what the right half of any sheet may be headed with",
    "单位": "the unit of any record",
    "区域": "corner cell of any table by region",
    "责任单位": "the unit of any record",
    "所属区域": "the region of any record",
    "登记": "the verb that opens any record",
    "登记日期": "the day on which any record was opened",
    "版本": "the version of any record",
    "内容": "what an event says",
    "结果": "what any work led to",
    "提示": "a problem that does not refuse",
    "经纬度": "the two numbers of any point",
    "是": "the language's own word of a yes_no field",
    "否": "the language's own word of a yes_no field",
    "范围外": "the language's own word for a point in no zone of a layer",
}

# Words that one room says of itself: room → (words, reason).
SAID_BY_ROOM: dict[str, tuple[frozenset[str], str]] = {
    "core": (
        frozenset(["日期", "统一社会信用代码", "信用代码"]),
        "head of the table of holidays; what people call the codes whose check digits it knows",
    ),
    "duty": (
        frozenset(["已报", "未报", "零报告", "退回"]),
        "how any report stands, which a pack may also keep in a ledger of its own",
    ),
    "notify": (frozenset(["地址"]), "head of the table of channels"),
    "pack": (
        frozenset(
            [
                *("日期", "照片", "签名", "姓名", "电话", "网格", "所属网格", "抽查", "抽取", "在册", "已了结", "保留"),
                *(
                    "情形",
                    "签字",
                    "附件",
                    "视频",
                    "确认",
                    "点位",
                    "有",
                    "报送",
                    "年月日",
                    "审核",
                    "回执",
                    "依据",
                    "目标",
                ),
                *("待报", "填报", "退回", "零报告", "期限"),  # of the reports that a duty makes
            ]
        ),
        "the Chinese names of the language's own words, and the words in which it reads a pack aloud",
    ),
    "api": (
        frozenset(["登记（个）", "类型", "核实", "核实人", "已核实", "整改后照片", "报送"])
        | frozenset(["退出", "文件", "位置", "单位名称", "已了结", "已登记", "来源", "已办", "一级网格", "乡镇"]),
        "what the interface says of itself to those who program against it",
    ),
    "cli": (
        frozenset(["日期", "发现问题", "一网格一档", "well-closure"]),
        "words of its own messages; the pack that `zhuanban demo` loads when none is named is part of its contract",
    ),
    "demo": (frozenset(["填报单位"]), "a line above any sheet"),
    "oversight": (frozenset(["无"]), "nothing to name"),
    "ledger": (frozenset(["其他问题"]), "the rest of a list of problems"),
    "people": (frozenset(["抽查", "种子", "范围"]), "what the log of accesses tells of a draw"),
    "evidence": (frozenset(["文件", "照片", "视频"]), "kinds of evidence that any ledger may hold"),
    "sheets": (
        frozenset(["联系电话", "分管领导", "填报日期", "编号", "状态", "有", "无", "不详"]),
        "lines under any table, and heads that any ledger's sheets share",
    ),
}


def walk(node, path=()):
    """Every (path, key or None, value) of a YAML tree."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield path, key, value
            yield from walk(value, (*path, key))
    elif isinstance(node, list):
        for value in node:
            yield path, None, value
            yield from walk(value, path)


def words_of(folder):
    """(names, printed): ASCII keys, and Chinese titles, aliases, states, moves and options of a pack."""
    names, printed = {folder.name}, set()
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    for file in sorted(folder.rglob("*.yaml")):
        place = file.relative_to(folder).parts
        if place[0] == "demo":
            continue
        if len(place) > 1 and place[0] in {"ledgers", "tables"}:
            names.add(file.stem)
        for path, key, value in walk(yaml.load(file.read_text("utf-8"))):
            parent = path[-1] if path else ""
            if parent in {"ledgers", "tables"}:
                names.add(key)
            elif parent in {"fields", "columns"} and key and "_" in key:
                names.add(key)  # a key of one word (`kind`, `unit`) is anybody's
            elif key in {"campaign", "demo_campaign"} and isinstance(value, str):
                names.add(value)
            if key in {"title", "date"} or (key is None and parent in {"aliases", "options", "names"}):
                printed.add(value if isinstance(value, str) else "")
            elif parent in {"states", "moves", "workflow"} and isinstance(key, str):
                printed.add(key)
    return names, {word for word in printed if re.search(r"[\u4e00-\u9fff]", word)}


@pytest.fixture(scope="module")
def words(root):
    names, told = set(), Counter()
    for folder in sorted((root / "campaigns").iterdir()):
        if folder.is_dir():
            more_names, printed = words_of(folder)
            names |= more_names
            told.update(printed)
    printed = {
        word for word, packs in told.items() if packs == 1
    }  # what several print is the trade's word (序号, 整改)
    assert len(names) > 20
    assert len(printed) > 100
    return names - SHARED.keys(), printed - SHARED.keys()


def docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def said(tree):
    """(line, word, is it a literal?) of every string literal and identifier."""
    skipped = {id(node) for node in docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value, True
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id, False
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr, False
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.lineno, node.arg, False
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name, False


def names_found(text, names, printed, *, literal=True):
    """What of a pack a text names."""
    if text in names or (literal and text in printed):
        yield text
    if literal:
        yield from (word for word in printed if len(word) >= LONG and word in text and word != text)


def test_no_module_names_what_a_pack_names(texts, words):
    faults = []
    for file, text in texts.items():
        if not file.startswith("zhuanban/"):
            continue
        own, _ = SAID_BY_ROOM.get(file.split("/")[1], (frozenset(), ""))
        names, printed = words[0] - own, words[1] - own
        if file.endswith(".py"):
            for line, word, literal in said(ast.parse(text)):
                faults += [f"{file}:{line}: {x}" for x in names_found(word, names, printed, literal=literal)]
        elif file.endswith((".html", ".txt", ".css")):
            faults += [f"{file}: {x}" for x in names_found(text, set(), printed)]
    assert not faults, "named by a pack, so not by code:\n" + "\n".join(faults)


def test_the_search_finds_what_it_is_for(words):
    names, printed = words
    long = next(word for word in sorted(printed) if len(word) >= LONG)
    short = next(word for word in sorted(printed) if len(word) < LONG)
    name = next(word for word in sorted(names) if word.isidentifier())
    code = f'"""{long}"""\n# {long}\nx = f"请填写{long}。"\ny = "{short}"\nz = f(a.{name})\n'
    found = [w for _, word, lit in said(ast.parse(code)) for w in names_found(word, names, printed, literal=lit)]
    assert {long, short, name} <= set(found)
    clean = f'"""{long}"""\n# {name}\nx = "“{short}”"\n'
    assert not [w for _, word, lit in said(ast.parse(clean)) for w in names_found(word, names, printed, literal=lit)]


def test_shared_words_are_still_shared(root):
    everything = set()
    for folder in (root / "campaigns").iterdir():
        if folder.is_dir():
            for part in words_of(folder):
                everything |= part
    stale = SHARED.keys() - everything
    assert not stale, f"no pack says these any more, take them off SHARED: {stale}"
