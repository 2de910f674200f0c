from __future__ import annotations

from typing import Any

from django.db import migrations

from zhuanban.tally.store import CREATE


def make(apps: Any, editor: Any) -> None:
    # SQLite: the key is the table, so a sum is found and raised in one place.
    without_rowid = "WITHOUT ROWID" if editor.connection.vendor == "sqlite" else ""
    for sql in CREATE:
        editor.execute(sql.format(without_rowid=without_rowid))


class Migration(migrations.Migration):
    dependencies = [("tally", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
