"""What the catalogue refuses, and with which facts. The sentences are in `texts.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .consistency import Finding
    from .models import AchievementVersion
    from .rules import Completeness


class CatalogueError(Exception):
    """The root."""


class Refused(CatalogueError):
    """Something stands against writing or publishing; `texts.refusal` has the sentence with the next step."""


class VersionLocked(CatalogueError):
    """The version was awarded or replaced: it never changes again. Next step: begin a new version."""

    def __init__(self, version: AchievementVersion) -> None:
        super().__init__(version.public_id)
        self.version = version


class Conflict(CatalogueError):
    """Somebody else saved the same section since it was opened. `version` is what is stored now."""

    def __init__(self, version: AchievementVersion, section: str) -> None:
        super().__init__(f"{version.public_id}: {section}")
        self.version = version
        self.section = section


class NotPublishable(Refused):
    """Mandatory elements are missing; `completeness` says which."""

    def __init__(self, completeness: Completeness) -> None:
        super().__init__(", ".join(element.key for element in completeness.missing_mandatory))
        self.completeness = completeness


class NotConsistent(Refused):
    """What the description says does not fit together, so that nobody could decide on an award. `findings` say what."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(dict.fromkeys(finding.rule for finding in findings)))
        self.findings = findings


class NothingToPublish(CatalogueError):
    """The version is not a draft (any more)."""

    def __init__(self, version: AchievementVersion) -> None:
        super().__init__(version.public_id)
        self.version = version


class AlreadyDrafted(CatalogueError):
    """There is a draft of the next version already: `draft`."""

    def __init__(self, draft: AchievementVersion) -> None:
        super().__init__(draft.public_id)
        self.draft = draft


class VersionNotPublished(CatalogueError):
    """Nothing can be awarded by a version that was never published."""


class NotApproved(Refused):
    """The institution publishes only what was approved. `why` is `never`, `changed` (since the approval), `expired`, or `published`
    (a published version is not corrected in place then).

    Next step: submit the version to the quality process; with `published`, begin the next version.
    """

    def __init__(self, version: AchievementVersion, why: str) -> None:
        super().__init__(f"{version.public_id}: {why}")
        self.version = version
        self.why = why


class ApprovedOtherContent(CatalogueError):
    """What was judged is not what the version says now: it was changed meanwhile. Next step: judge it again."""

    def __init__(self, version: AchievementVersion) -> None:
        super().__init__(version.public_id)
        self.version = version


class NoSuchTask(CatalogueError):
    """The version has no task, rubric, criterion or level of that key."""


class CoOwnersNotAgreed(Refused):
    """Institutions that own it together have not agreed to this content. `waiting` are (name, state) as `services.consents` gives them.

    Next step: ask them, or mend what they declined.
    """

    def __init__(self, version: AchievementVersion, waiting: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{version.public_id}: {', '.join(state for _name, state in waiting)}")
        self.version = version
        self.waiting = waiting


class ConsentOutdated(CatalogueError):
    """What was looked at is not what the version says now. Next step: look again."""

    def __init__(self, version: AchievementVersion) -> None:
        super().__init__(version.public_id)
        self.version = version


class LearnersEnrolled(Refused):
    """Learners are enrolled in this version: what they were promised does not change under them. Next step: the next version."""

    def __init__(self, version: AchievementVersion) -> None:
        super().__init__(version.public_id)
        self.version = version
