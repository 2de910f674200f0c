from __future__ import annotations

from typing import Any

from django.db import migrations

from zhuanban.ledger.guards import POSTGRESQL, SQLITE


def put_up(apps: Any, editor: Any) -> None:
    for sql in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(sql, None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(put_up, migrations.RunPython.noop)]
