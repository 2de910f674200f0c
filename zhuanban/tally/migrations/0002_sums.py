from __future__ import annotations

from typing import Any

from django.db import migrations

from zhuanban.tally.store import CREATE

DAYS = """CREATE TABLE tally_day (measure integer NOT NULL, node varchar(32) NOT NULL, day integer NOT NULL,
    cell varchar(200) NOT NULL, n bigint NOT NULL, PRIMARY KEY (measure, node, day, cell)) {without_rowid}"""


def make(apps: Any, editor: Any) -> None:
    # SQLite: the key is the table, so a sum is found and raised in one place.
    without_rowid = "WITHOUT ROWID" if editor.connection.vendor == "sqlite" else ""
    for sql in (DAYS, CREATE[1]):
        editor.execute(sql.format(without_rowid=without_rowid))


class Migration(migrations.Migration):
    dependencies = [("tally", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
