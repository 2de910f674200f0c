"""Every dependency is explained, locked with hashes, and used."""

import ast
import re
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# What a package is imported as, where that is not its name.
IMPORTED_AS = {
    "chinesecalendar": "chinese_calendar",
    "django-ninja": "ninja",
    "ruamel-yaml": "ruamel",
    "pillow": "PIL",
    "python-calamine": "python_calamine",
    "odfpy": "odf",
    "pylopdf-fonts-zh-cn": "pylopdf_fonts_zh_cn",
}
# Needed though nothing imports it.
NOT_IMPORTED = {
    "setuptools": "builds the editable install",
    "granian": "may be started as a program",
    "psycopg": "Django imports it",
}


def listed(text):
    """{canonical name: (requirement, sentence)} of an .in file."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith(("#", "-")):
            said, _, sentence = line.partition("#")
            requirement = Requirement(said.strip())
            found[canonicalize_name(requirement.name)] = (requirement, sentence.strip())
    return found


def locked(text):
    """{canonical name: (version, number of hashes)} of a lock file."""
    found = {}
    for block in re.split(r"\n(?=\S)", text):
        head = re.match(r"([A-Za-z0-9._-]+)==(\S+)", block)
        if head:
            assert canonicalize_name(head[1]) not in found, f"{head[1]} is locked twice"
            found[canonicalize_name(head[1])] = (head[2], block.count("--hash=sha256:"))
    return found


def test_every_requirement_has_a_sentence(texts):
    for name in ("requirements.in", "requirements-dev.in"):
        entries = listed(texts[name])
        assert len(entries) > 10
        poor = [key for key, (_, sentence) in entries.items() if not re.fullmatch(r"[A-Z`\w].{8,}\.", sentence)]
        assert not poor, f"{name}: say in a sentence why it is there: {poor}"


def test_locks_hold_what_is_listed_with_hashes(texts):
    runtime, development = locked(texts["requirements.lock"]), locked(texts["requirements-dev.lock"])
    for entries, lock in (
        (listed(texts["requirements.in"]), runtime),
        (listed(texts["requirements-dev.in"]), development),
    ):
        assert entries.keys() <= lock.keys(), f"not locked, run make lock: {entries.keys() - lock.keys()}"
        for key, (requirement, _) in entries.items():
            assert requirement.specifier.contains(lock[key][0]), f"{key} {lock[key][0]} is not {requirement}"
        assert all(hashes for _, hashes in lock.values())
    assert runtime.items() <= development.items(), "the two locks differ, run make lock"


def test_what_is_imported_is_listed_and_what_is_listed_is_imported(texts):
    imported = set()
    for name, text in texts.items():
        if name.startswith("zhuanban/") and name.endswith(".py"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    imported.add((node.module or "").split(".")[0])
    imported -= set(sys.stdlib_module_names) | {"zhuanban"}
    entries = listed(texts["requirements.in"])
    modules = {IMPORTED_AS.get(key, key): key for key in entries}
    assert imported <= modules.keys(), f"add to requirements.in: {imported - modules.keys()}"
    idle = {key for module, key in modules.items() if module not in imported and key not in NOT_IMPORTED}
    assert not idle, f"nothing in zhuanban/ imports these: {idle}"
