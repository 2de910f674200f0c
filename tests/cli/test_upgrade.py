"""A newer program upgrades an older folder after a backup of its own.

The newer program is this one with a migration that only these tests know: it adds a column and a table, and fills them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Office
from tests.lamps import workbook
from zhuanban.evidence import migrations

LATER = """
import os, signal

from django.db import migrations, models


def fill(apps, editor):
    if os.environ.get("BREAK_OFF") == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    apps.get_model("evidence", "File").objects.update(looked="是")
    apps.get_model("evidence", "Look").objects.create(words="新")


class Migration(migrations.Migration):
    dependencies = [("evidence", "{last}")]
    operations = [
        migrations.AddField("file", "looked", models.CharField(max_length=9, default="")),
        migrations.CreateModel("Look", [("id", models.BigAutoField(primary_key=True)), ("words", models.TextField())]),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
"""
SETTINGS = """
from zhuanban.project.settings import *

MIGRATION_MODULES = {"evidence": "later_evidence"}
"""
PHOTO = """
    from tests.evidence.samples import jpeg
    from zhuanban.evidence.actions import keep
    from zhuanban.people.models import Campaign
    keep(Campaign.objects.get(name="lamps"), jpeg(), "灯.jpg")
"""
LOOK = """
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT looked FROM evidence_file UNION ALL SELECT words FROM evidence_look")
        print([row[0] for row in cursor.fetchall()])
"""
pytestmark = pytest.mark.both_engines


@pytest.fixture
def older(lamps: Office) -> Office:
    """A folder with data, as the program of today leaves it."""
    rows = [["所在村", "杆号", "灯型", "登记日期"], ["甲村", "1号", "高杆", "2024-01-05"]]
    lamps.run("import", "lamps", "lamps", workbook(lamps, "甲.xlsx", rows), "--on", "2024-03-01")
    lamps.python(PHOTO)
    return lamps


@pytest.fixture
def newer(tmp_path: Path) -> dict[str, str]:
    """The environment of a program one migration newer."""
    own = sorted(Path(migrations.__file__).parent.glob("0*.py"))
    package = tmp_path / "later" / "later_evidence"
    package.mkdir(parents=True)
    for path in [*own, Path(migrations.__file__)]:
        (package / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (package / "0099_later.py").write_text(LATER.format(last=own[-1].stem), "utf-8")
    (package.parent / "later_settings.py").write_text(SETTINGS, "utf-8")
    return {"PYTHONPATH": str(package.parent), "DJANGO_SETTINGS_MODULE": "later_settings"}


def backups(office: Office) -> list[Path]:
    return sorted((office.home / "backups").glob("*.zip"))


def figures(office: Office, **environment: str) -> str:
    office.run("verify", **environment)
    office.run("tally", "check", **environment)
    return office.run("table", "lamps", "progress", "--as-of", "2024-03-01", **environment).out


def test_an_older_folder_is_backed_up_and_upgraded(older: Office, newer: dict[str, str]) -> None:
    before = figures(older)
    assert backups(older) == []
    assert figures(older, **newer) == before
    assert older.python(LOOK) == "['是', '新']\n"
    (backup,) = backups(older)  # one, though several commands ran since
    # The backup is of the folder as it was: the older program restores it ...
    there = {"ZHUANBAN_HOME": str(older.home.parent / "旧"), "ZHUANBAN_DATABASE_URL": ""}
    older.run("restore", backup, **there)
    assert figures(older, **there) == before
    # ... and the newer one restores it as what it was, and upgrades it.
    there["ZHUANBAN_HOME"] += "新"
    older.run("restore", backup, **there, **newer)
    assert figures(older, **there, **newer) == before
    assert older.python(LOOK, **there) == "['是', '新']\n"


def test_a_newer_backup_and_a_newer_folder_are_told(older: Office, newer: dict[str, str]) -> None:
    before = figures(older, **newer)
    older.run("backup", "新.zip", **newer)
    for words in (["campaign", "list"], ["verify"], ["import", "lamps", "lamps", "甲.xlsx"]):
        ran = older.run(*words, code=1)
        assert ("cli-012" in ran.err, len(ran.err.splitlines())) == (True, 1)
    assert figures(older, **newer) == before
    there = {"ZHUANBAN_HOME": str(older.home.parent / "旧"), "ZHUANBAN_DATABASE_URL": ""}
    assert "cli-013" in older.run("restore", "新.zip", code=1, **there).err
    assert json.loads(older.run("campaign", "list", "--json", **there).out) == {"campaigns": []}


def test_an_upgrade_that_is_killed_leaves_the_folder_as_it_was_and_begins_anew(
    older: Office, newer: dict[str, str]
) -> None:
    before = figures(older)
    assert older.run("campaign", "list", code=None, BREAK_OFF="killed", **newer).code == -9
    (first,) = backups(older)
    assert figures(older) == before  # the older program finds its folder as it was
    assert figures(older, **newer) == before
    assert older.python(LOOK) == "['是', '新']\n"
    assert len(backups(older)) == 2
    assert first in backups(older)


def test_a_backup_that_fails_stops_the_upgrade(older: Office, newer: dict[str, str]) -> None:
    before = figures(older)
    (older.home / "backups").write_text("a file where the folder should be")
    assert "core-002" in older.run("campaign", "list", code=1, **newer).err
    assert figures(older) == before


def test_two_commands_at_once_upgrade_once(older: Office, newer: dict[str, str]) -> None:
    both = [older.start("campaign", "list", **newer) for _ in range(2)]
    for process in both:
        said, _ = process.communicate()
        assert process.returncode == 0, said.decode()
    assert len(backups(older)) == 1
    assert older.python(LOOK) == "['是', '新']\n"
