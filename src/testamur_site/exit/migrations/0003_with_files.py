from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exit", "0002_what_travels")]

    operations = [
        migrations.AddField(model_name="exit", name="with_files", field=models.BooleanField(default=False)),
    ]
