"""An access token may end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_region_names")]

    operations = [
        migrations.AddField(model_name="token", name="until", field=models.BigIntegerField(null=True)),
    ]
