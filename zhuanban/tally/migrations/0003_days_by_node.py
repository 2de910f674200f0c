from __future__ import annotations

from typing import Any

from django.db import migrations

from zhuanban.tally.store import CREATE


def make(apps: Any, editor: Any) -> None:
    editor.execute("ALTER TABLE tally_day RENAME TO tally_day_before")
    if editor.connection.vendor == "postgresql":  # the old table keeps the name of the key otherwise
        editor.execute("ALTER INDEX tally_day_pkey RENAME TO tally_day_before_pkey")
    editor.execute(CREATE[0].format(without_rowid="WITHOUT ROWID" if editor.connection.vendor == "sqlite" else ""))
    editor.execute(
        """INSERT INTO tally_day (node, block, measure, day, cell, n)
           SELECT node, day >> 5, measure, day, cell, n FROM tally_day_before ORDER BY 1, 2, 3, 4, 5"""
    )
    editor.execute("DROP TABLE tally_day_before")


class Migration(migrations.Migration):
    dependencies = [("tally", "0002_sums")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
