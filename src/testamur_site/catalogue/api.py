"""The door of the catalogue."""

from __future__ import annotations

from .demo import create_assessed_demo, create_consortium_courses, create_demo, create_microdegree_draft
from .description import eu_vocabularies
from .description.duration import duration_in_hours, expires_on
from .description.elements import (
    EVIDENCE_KINDS,
    Assessment,
    CreditPoints,
    Description,
    LearningOutcome,
    MarkingScheme,
    QualityAssurance,
    Rubric,
    RubricCriterion,
    RubricLevel,
    Task,
)
from .description.eu_vocabularies import SUPERVISION
from .description.frameworks.credits import CreditUnit, credit_unit
from .description.tasks import outcomes_of_task
from .description.vocabulary import Concept, in_language
from .errors import (
    ApprovedOtherContent,
    CatalogueError,
    NoSuchTask,
    NotApproved,
    NotConsistent,
    NotPublishable,
    VersionLocked,
    VersionNotPublished,
)
from .exchange.achievement import (
    achievement_id,
    achievement_model,
    content_hash,
    default_language,
    image_url,
    needs_decision,
    programme_url,
    result_description_id,
    rubric_level_id,
    rubric_of,
    task_of,
    tasks_of,
)
from .exchange.case_rubrics import marking_rubric
from .grandfathering import GrandfatheringRule, may_finish, rule_for
from .models import AchievementImage, AchievementVersion, MicroCredential, Offering, PublishingPolicy
from .offerings.errors import NotOffered, OfferingError, WrongState
from .offerings.presentation import OfferingShown
from .offerings.presentation import refusal as enrol_refusal
from .offerings.presentation import shown as offering_shown
from .offerings.queries import all_open, offering_by_public_id, open_offerings, own_offering
from .offerings.rules import Terms as OfferingTerms
from .offerings.services import create as create_offering
from .offerings.services import give_back_seat, open_for_enrolment, take_seat
from .public.presentation import Presentation, present
from .public.views import newest_cards
from .queries import (
    completeness,
    editable_version,
    own_micro_credential,
    public_catalogue,
    public_micro_credential,
    public_versions,
    published,
    published_version,
    search_versions,
    shown_version,
    state_counts,
)
from .rules import Completeness
from .services import create as create_micro_credential
from .services import lock_version, publish, retire
from .services.approval import approval_required, approve, publishing_policy, set_publishing_policy, withdraw_approval
from .services.archive import TABLES as ARCHIVED_TABLES
from .services.archive import (
    adopt_image,
    adopt_micro_credential,
    archived_images,
    archived_micro_credentials,
    foreign_versions,
    public_addresses,
)

__all__ = [
    "ARCHIVED_TABLES",
    "EVIDENCE_KINDS",
    "SUPERVISION",
    "AchievementImage",
    "AchievementVersion",
    "ApprovedOtherContent",
    "Assessment",
    "CatalogueError",
    "Completeness",
    "Concept",
    "CreditPoints",
    "CreditUnit",
    "Description",
    "GrandfatheringRule",
    "LearningOutcome",
    "MarkingScheme",
    "MicroCredential",
    "NoSuchTask",
    "NotApproved",
    "NotConsistent",
    "NotOffered",
    "NotPublishable",
    "Offering",
    "OfferingError",
    "OfferingShown",
    "OfferingTerms",
    "Presentation",
    "PublishingPolicy",
    "QualityAssurance",
    "Rubric",
    "RubricCriterion",
    "RubricLevel",
    "Task",
    "VersionLocked",
    "VersionNotPublished",
    "WrongState",
    "achievement_id",
    "achievement_model",
    "adopt_image",
    "adopt_micro_credential",
    "all_open",
    "approval_required",
    "approve",
    "archived_images",
    "archived_micro_credentials",
    "completeness",
    "content_hash",
    "create_assessed_demo",
    "create_consortium_courses",
    "create_demo",
    "create_micro_credential",
    "create_microdegree_draft",
    "create_offering",
    "credit_unit",
    "default_language",
    "duration_in_hours",
    "editable_version",
    "enrol_refusal",
    "eu_vocabularies",
    "expires_on",
    "foreign_versions",
    "give_back_seat",
    "image_url",
    "in_language",
    "lock_version",
    "marking_rubric",
    "may_finish",
    "needs_decision",
    "newest_cards",
    "offering_by_public_id",
    "offering_shown",
    "open_for_enrolment",
    "open_offerings",
    "outcomes_of_task",
    "own_micro_credential",
    "own_offering",
    "present",
    "programme_url",
    "public_addresses",
    "public_catalogue",
    "public_micro_credential",
    "public_versions",
    "publish",
    "published",
    "published_version",
    "publishing_policy",
    "result_description_id",
    "retire",
    "rubric_level_id",
    "rubric_of",
    "rule_for",
    "search_versions",
    "set_publishing_policy",
    "shown_version",
    "state_counts",
    "take_seat",
    "task_of",
    "tasks_of",
    "withdraw_approval",
]
