"""The credential that `testamur bench` measures with: one achievement, as many awards as wanted, and a status list.

Realistic in what costs time: a long description, three alignments, an image, a result with its description, two pieces of evidence, a
status entry, a hashed e-mail address, and names in several scripts. Nobody in it exists.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from testamur import strict_json
from testamur.fetch import FixedResolver
from testamur.issuing import AwardDetails, Recipient
from testamur.model import Achievement, Evidence, Profile, Result
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_key_for
from testamur.proofs.keys import PrivateKey
from testamur.status.bitstring_status_list import Bits, list_credential, status_entry

CREATED: Final = datetime(2026, 2, 24, 9, 30, tzinfo=UTC)
_SITE: Final = "https://credentials.university.example"
STATUS_LIST: Final = f"{_SITE}/status/2mN7vKx0QyRrT5bW8cZd1A"
_SCORE: Final = "urn:uuid:7b1f6d0c-2c55-4d1b-9a35-0f5a8f3b6a11"
_WITHDRAWN: Final = Bits.from_indexes(range(131_000, 131_072))
_NAMES: Final = (
    "Ana Andromeda",
    "김서연",
    "محمد العلي",
    "Zoë Brontë-Müller",
    "Nguyễn Thị Ngọc",
    "अनन्या शर्मा",
    "Kofi O’Neill",
    "李小龍",
)

_ACHIEVEMENT: Final = {
    "id": f"{_SITE}/achievements/kD3nB7sYw0e2vXq9TzLrPA",
    "type": ["Achievement"],
    "name": "Data literacy for the life sciences",
    "description": "Reads, questions and presents data from laboratory and field; plans a small study, cleans its data, chooses a fitting "
    "analysis and defends what may and what may not be concluded from it.",
    "achievementType": "MicroCredential",
    "creditsAvailable": 3,
    "humanCode": "LIFE-DL-3",
    "inLanguage": "en",
    "fieldOfStudy": "Statistics",
    "criteria": {
        "id": f"{_SITE}/m/kD3nB7sYw0e2vXq9TzLrPA#criteria",
        "narrative": "Six supervised sessions, one written examination (90 minutes) and a project that is presented to a panel.\n\n"
        "* at least 60 of 100 points in the examination\n* a project report of 2,000 words, marked by two examiners",
    },
    "image": {"id": f"{_SITE}/achievements/kD3nB7sYw0e2vXq9TzLrPA.png", "type": "Image", "caption": "A hexagon with a bar chart"},
    "tag": ["statistics", "data literacy", "life sciences"],
    "alignment": [
        {
            "type": ["Alignment"],
            "targetName": name,
            "targetUrl": address,
            "targetFramework": framework,
            "targetType": kind,
        }
        for name, address, framework, kind in (
            ("analyse data", "http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f", "ESCO", "ext:ESCOSkill"),
            ("statistics", "http://data.europa.eu/esco/skill/bd7bce1d-7a2f-43f6-9f5f-8e7bb4c8a9d0", "ESCO", "ext:ESCOSkill"),
            ("Evaluating data", "https://joint-research-centre.ec.europa.eu/digcomp/1.2", "DigComp 2.2", "ext:DigCompCompetence"),
        )
    ],
    "resultDescription": [
        {
            "id": _SCORE,
            "type": ["ResultDescription"],
            "name": "Points in the examination",
            "resultType": "RawScore",
            "valueMin": "0",
            "valueMax": "100",
        }
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Everything that the measurements need. `key` is made for the run and forgotten with it."""

    key: PrivateKey
    method: str
    issuer: Profile
    achievement: Achievement

    @classmethod
    def make(cls) -> Sample:
        key = PrivateKey.generate()
        did, method = did_key_for(key.public)
        issuer = {
            "id": did,
            "type": ["Profile"],
            "name": "University of the Example",
            "url": "https://university.example",
            "description": "A public university with 21,000 students.",
            "image": {"id": f"{_SITE}/institutions/example/logo.png", "type": "Image"},
        }
        return cls(key, method, Profile.from_json(issuer), Achievement.from_json(_ACHIEVEMENT))

    def award(self, number: int) -> tuple[Recipient, AwardDetails]:
        """The award number `number`: its texts vary as those of a cohort do."""
        token = secrets.token_urlsafe(18)
        name = f"{_NAMES[number % len(_NAMES)]} {number}"
        begins = CREATED - timedelta(days=number % 5)
        return (
            Recipient(name=name, email=f"student{number}@university.example"),
            AwardDetails(
                id=f"{_SITE}/c/{token}",
                valid_from=begins,
                valid_until=begins + timedelta(days=3650),
                evidence=(
                    Evidence(
                        id=f"{_SITE}/evidence/{token}/report",
                        name="Project report",
                        narrative=f"What {number % 40 + 20} samples of river water say about its bacteria.",
                        genre="Report",
                    ),
                    Evidence(id=f"{_SITE}/evidence/{token}/talk", name="Presentation", description="Twelve minutes and questions."),
                ),
                results=(Result(result_description=_SCORE, value=str(60 + number % 41)),),
                status_entry=status_entry(STATUS_LIST, number % 131_000),
            ),
        )  # fmt: skip

    @staticmethod
    def withdrawn(address: str, index: int) -> bool:
        """The bit of the status list, as somebody knows it who keeps the decoded list."""
        return address == STATUS_LIST and _WITHDRAWN.get(index)

    def resolver(self) -> FixedResolver:
        """Answers with the signed status list, in which a few other credentials are withdrawn."""
        unsigned = list_credential(STATUS_LIST, self.issuer.id, _WITHDRAWN, valid_from=CREATED)
        page = strict_json.dumps(self.secured(unsigned))
        return FixedResolver(
            {STATUS_LIST: page}, fetched_at=datetime.now(UTC)
        )  # an answer of long ago would decide nothing

    def secured(self, document: dict[str, object]) -> dict[str, object]:
        return add_proof(document, self.key, verification_method=self.method, created=CREATED)
