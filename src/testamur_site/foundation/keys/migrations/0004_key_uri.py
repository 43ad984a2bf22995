from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("keys", "0003_withdrawn_keys")]

    operations = [
        migrations.AddField(
            model_name="signingkey",
            name="uri",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
    ]
