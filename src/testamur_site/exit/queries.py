from __future__ import annotations

from .models import Exit, ExitState


def exits() -> list[Exit]:
    """The active institution's exits, the newest first."""
    return list(Exit.objects.select_related("institution", "created_by"))


def own_exit(public_id: str) -> Exit | None:
    """One of the active institution's exits that can be fetched; None for another's, or one that is not ready."""
    if not public_id.isascii() or not public_id.isprintable():
        return None
    return Exit.objects.select_related("institution").filter(public_id=public_id, state=ExitState.READY).first()
