"""The door of the catalogue."""

from __future__ import annotations

from .demo import create_demo
from .description.duration import expires_on
from .errors import CatalogueError, NotPublishable, VersionLocked, VersionNotPublished
from .exchange.achievement import (
    achievement_id,
    achievement_model,
    content_hash,
    default_language,
    image_url,
    programme_url,
)
from .models import AchievementImage, AchievementVersion, MicroCredential
from .public.presentation import Presentation, present
from .public.views import newest_cards
from .queries import catalogue_choices, completeness, public_catalogue, public_micro_credential, published, state_counts
from .rules import Completeness
from .services import lock_version

__all__ = [
    "AchievementImage",
    "AchievementVersion",
    "CatalogueError",
    "Completeness",
    "MicroCredential",
    "NotPublishable",
    "Presentation",
    "VersionLocked",
    "VersionNotPublished",
    "achievement_id",
    "achievement_model",
    "catalogue_choices",
    "completeness",
    "content_hash",
    "create_demo",
    "default_language",
    "expires_on",
    "image_url",
    "lock_version",
    "newest_cards",
    "present",
    "programme_url",
    "public_catalogue",
    "public_micro_credential",
    "published",
    "state_counts",
]
