"""Every room has a sign on its door, and no file has grown into two."""

import re
import tomllib

ANSWERS = (
    "What lives here",
    "What it promises",
    "What it never does",
    "How a thing passes through",
    "Where to change it",
)
LONGEST = 600

LONG_FILES = {
    "tests/demo/test_hurricane_ledgers.py": "one ledger of the demo campaign after the other",
    "docs/pack-language.md": "the reference of the whole language, one part after the other",
    "tests/pack/test_pack_defects.py": "one defect of a pack after the other",
    "requirements.lock": "generated",
    "requirements-dev.lock": "generated",
    "tests/campaigns/test_well_closure_pack.py": "one line of the requirements after the other, in their order",
    "tests/campaigns/test_well_closure_stories.py": "the same for what goes through the door",
    "tests/sheets/test_habits.py": "one habit of those who send sheets after the other",
}


def test_every_room_answers_the_five_questions(root):
    rooms = sorted(path.parent for path in (root / "zhuanban").glob("*/__init__.py"))
    assert len(rooms) >= 12
    faults = []
    for room in rooms:
        readme = room / "README.md"
        if not readme.is_file():
            faults.append(f"{room.name}: no README.md")
            continue
        text = readme.read_text("utf-8")
        places = []
        for answer in ANSWERS:
            found = re.search(rf"^(## |\*\*){answer}\.?(\*\*|$)", text, re.M)
            if found is None:
                faults.append(f"{room.name}/README.md: “{answer}” is missing")
            else:
                places.append(found.start())
        if places != sorted(places):
            faults.append(f"{room.name}/README.md: the answers are not in the usual order")
    assert not faults, "\n".join(faults)


def test_every_room_is_in_the_import_contract(root):
    contract = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    held = {name.strip() for layer in contract["layers"] for name in layer.split("|")}
    rooms = {f"zhuanban.{path.parent.name}" for path in (root / "zhuanban").glob("*/__init__.py")}
    modules = {f"zhuanban.{path.stem}" for path in (root / "zhuanban").glob("*.py")} - {"zhuanban.__init__"}
    missing = (rooms | modules) - held
    assert not missing, f"no arrow says who may import these: {sorted(missing)}"


def test_no_file_has_more_lines_than_a_reader_bears(texts):
    long = {name: n for name, text in texts.items() if (n := text.count("\n")) > LONGEST and name != "LICENSE"}
    data = {name for name in long if name.startswith("campaigns/") and name.endswith(".csv")}
    faults = [f"{name}: {n} lines" for name, n in long.items() if name not in LONG_FILES and name not in data]
    assert not faults, "\n".join(faults) + "\nSplit it, or list it in LONG_FILES with the reason."


def test_long_files_are_still_long(texts):
    stale = [name for name in LONG_FILES if texts.get(name, "").count("\n") <= LONGEST]
    assert not stale, f"no longer long, take them off LONG_FILES: {stale}"
