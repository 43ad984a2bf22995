"""What learners say to the feedback they got: did it help? Shown to the lead in sum, never to the one who wrote it with a name."""

from __future__ import annotations

from ..models import Mark
from ..rules import MarkState, Role


def rate(mark: Mark, said: str) -> bool:
    """Keep "yes" or "no" (or "" to take it back) of the author of the work that was marked. False for anything else."""
    if said not in ("", "yes", "no"):
        return False
    counted = [Role.STAFF, Role.PEER, Role.INDUSTRY, Role.MODERATOR]
    return bool(Mark.objects.filter(pk=mark.pk, state=MarkState.DONE, role__in=counted).update(helpful=said))
