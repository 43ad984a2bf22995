"""Of many mails at once only who and what about is queued; the text is written when they are sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="about",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="message",
            name="writer",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
