"""What a credential says, as frozen dataclasses in the words of Open Badges 3.0, and the EU's elements of a micro-credential.

`node` explains reading and writing; `micro_credential` holds the table of Annex I elements.
"""

from testamur.model.achievement import Achievement, Alignment, Criteria, ResultDescription, RubricCriterionLevel
from testamur.model.credential import (
    AchievementSubject,
    Credential,
    EndorsementCredential,
    EndorsementSubject,
    Evidence,
    Result,
)
from testamur.model.identity import hashed_email, identity_matches, new_salt, normal_email, person_name
from testamur.model.micro_credential import (
    ECTS,
    EQF,
    QF_EHEA,
    Assessment,
    AssessmentType,
    AwardingBody,
    LearningOutcome,
    LearningSetting,
    Level,
    MicroCredentialElements,
    ParticipationForm,
    QualityAssurance,
    QualityAssuranceType,
    Stackability,
    StackabilityOption,
    Supervision,
    Workload,
    achievement_of,
)
from testamur.model.micro_credential_criteria import micro_credential_criteria
from testamur.model.node import LocalisedText, Node
from testamur.model.profile import (
    Address,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    Image,
    Profile,
    Related,
)
from testamur.model.vocabulary import AchievementType, AlignmentTargetType, IdentityType, ResultStatus, ResultType

__all__ = [
    "ECTS",
    "EQF",
    "QF_EHEA",
    "Achievement",
    "AchievementSubject",
    "AchievementType",
    "Address",
    "Alignment",
    "AlignmentTargetType",
    "Assessment",
    "AssessmentType",
    "AwardingBody",
    "Credential",
    "Criteria",
    "EndorsementCredential",
    "EndorsementSubject",
    "Evidence",
    "GeoCoordinates",
    "IdentifierEntry",
    "IdentityObject",
    "IdentityType",
    "Image",
    "LearningOutcome",
    "LearningSetting",
    "Level",
    "LocalisedText",
    "MicroCredentialElements",
    "Node",
    "ParticipationForm",
    "Profile",
    "QualityAssurance",
    "QualityAssuranceType",
    "Related",
    "Result",
    "ResultDescription",
    "ResultStatus",
    "ResultType",
    "RubricCriterionLevel",
    "Stackability",
    "StackabilityOption",
    "Supervision",
    "Workload",
    "achievement_of",
    "hashed_email",
    "identity_matches",
    "micro_credential_criteria",
    "new_salt",
    "normal_email",
    "person_name",
]
