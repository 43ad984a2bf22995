"""What workers do by the clock. Every handler may be killed and run again."""

from __future__ import annotations

from django.utils import timezone

from testamur_site.foundation.jobs.api import JobHandle, enqueue

from . import services
from .models import ImportedDocument


def look_again_at_all(job: JobHandle) -> None:
    """Once a day: other platforms revoke without a word to us. One job for each document, so that a slow issuer holds up no other."""
    day = timezone.localdate().isoformat()
    for done, public_id in enumerate(ImportedDocument.objects.order_by("pk").values_list("public_id", flat=True), 1):
        enqueue(
            "testamur_site.wallet.imported.jobs.look_again",
            {"document": public_id},
            key=f"imported:{public_id}:{day}",
            priority=-5,
        )
        job.progress(done)


def look_again(job: JobHandle, *, document: str) -> None:
    """Verify one document anew; one that was deleted meanwhile needs nothing."""
    found = ImportedDocument.objects.select_related("holder").filter(public_id=document).first()
    if found is not None:
        services.look_again(found)
    job.progress(1)
