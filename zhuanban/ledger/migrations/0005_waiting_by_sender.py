from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """An item of the inbox belongs to who sent it: the same change may wait once for each sender."""

    dependencies = [("ledger", "0004_attached")]

    operations = [
        migrations.RemoveConstraint("waiting", "waiting_change"),
        migrations.AddConstraint(
            "waiting", models.UniqueConstraint(fields=["campaign", "change_id", "actor"], name="waiting_change")
        ),
    ]
