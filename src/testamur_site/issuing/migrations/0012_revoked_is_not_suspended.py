"""What was revoked while it was suspended no longer says "for the time being": its suspension bit is cleared, and the lists are signed anew
when somebody asks for them (docs/decisions/0005)."""

from typing import Any

from django.db import migrations
from django.db.models import F


def lift(apps: Any, _editor: Any) -> None:
    entries = apps.get_model("status", "StatusEntry")._base_manager  # of every institution
    lists = apps.get_model("status", "StatusList")._base_manager
    awards = apps.get_model("issuing", "Award")._base_manager
    revoked = awards.filter(state="revoked", status_entry__suspended=True).values("status_entry")
    pairs = set(entries.filter(pk__in=revoked).values_list("pair_id", flat=True))
    entries.filter(pk__in=revoked).update(suspended=False)
    lists.filter(pair__in=pairs, purpose="suspension").update(version=F("version") + 1)


class Migration(migrations.Migration):
    dependencies = [("issuing", "0011_examined_together"), ("status", "0004_examined_together")]

    operations = [migrations.RunPython(lift, migrations.RunPython.noop)]
