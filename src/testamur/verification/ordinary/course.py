"""What the form of a document decides about its verification: findings that are always the same, and places of the texts that decide the
others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final
from weakref import WeakValueDictionary

from testamur.linked_data import Hole, Matched, Recognised
from testamur.verification.case import Case, many
from testamur.verification.checks import structure
from testamur.verification.codes import found
from testamur.verification.opening import was_read
from testamur.verification.ordinary.details import SUITE
from testamur.verification.ordinary.standing import HELD, Standing
from testamur.verification.ordinary.subjects import Subjects
from testamur.verification.presenters.quick import how_much
from testamur.verification.report import Check

PURPOSE: Final = "assertionMethod"
BETWEEN: Final = "\x1f"

# With one of these there is more to look at than here.
_MORE: Final = (
    *("verifiableCredential", "endorsement", "endorsementJwt", "refreshService", "credentialSchema"),
    *("termsOfUse", "accreditation", "accreditations", "parentOrg", "relatedResource"),
)
_FORMATS: Final = ("open_badges_3", "vc_2", "vc_1_1")
_MORE_OF_A_LIST: Final = ("statusSize", "statusMessage")
_LISTED: Final = ("statusPurpose", "statusListIndex", "statusListCredential")


class Places:
    """The places of texts in what `read` gives: of those that every ordinary document has 0 to 4, of others None where they are absent."""

    __slots__ = ("_pick", "awarded", "begins", "ends", "listed", "numbers")

    def __init__(self, document: Mapping[str, Any], proof: Mapping[str, Any]) -> None:
        """`document` has holes for texts. Raises LookupError where something else stands in the place of a text."""
        issuer = document["issuer"]
        self.numbers: list[int] = []
        for hole in (
            document["id"],
            issuer["id"] if type(issuer) is dict else issuer,
            proof["verificationMethod"],
            proof["created"],
            proof["proofValue"],
        ):
            self._place(hole)
        self.begins = self._one_of(document, "validFrom", "issuanceDate")
        self.ends = self._one_of(document, "validUntil", "expirationDate")
        self.awarded = self._one_of(document, "awardedDate")
        self.listed = self._entry(document)
        self._pick: Callable[[list[bytes]], tuple[bytes, ...]] = itemgetter(*self.numbers)

    def read(self, texts: list[bytes]) -> list[str] | None:
        """The texts; None where one of them has to be written with an escape."""
        joined = BETWEEN.encode().join(self._pick(texts))
        return None if b"\\" in joined else joined.decode().split(BETWEEN)

    def _place(self, hole: Any) -> int:
        if type(hole) is not Hole:
            raise LookupError
        self.numbers.append(int(hole))
        return len(self.numbers) - 1

    def _one_of(self, document: Mapping[str, Any], *names: str) -> int | None:
        stated = [document[name] for name in names if name in document]
        if len(stated) > 1:
            raise LookupError
        return self._place(stated[0]) if stated else None

    def _entry(self, document: Mapping[str, Any]) -> tuple[int, int, int] | None:
        """Purpose, index and address of the one entry of a status list."""
        if "credentialStatus" not in document:
            return None
        entry = _one(document["credentialStatus"])
        if entry.get("type") != "BitstringStatusListEntry" or any(name in entry for name in _MORE_OF_A_LIST):
            raise LookupError
        purpose, index, address = (self._place(entry[name]) for name in _LISTED)
        return purpose, index, address


class Course:
    """How the documents of one form in one shape are verified, and the standings of those who issued such ones.

    `kind` stands for it wherever reports are told apart by what decides their findings. `before` are the findings that come first, where
    what is `left` of the schema is met. `described` is what it took, where that does not depend on texts; else it depends on `criteria`,
    of which one must not be empty. `narrative` is where accreditations might be claimed.
    """

    __slots__ = (
        "before",
        "context",
        "criteria",
        "described",
        "kind",
        "left",
        "names",
        "narrative",
        "places",
        "standings",
        "subjects",
    )

    def __init__(self, case: Case, known: Matched, recognised: Recognised) -> None:
        """Of the form of the document of `case`, which was `recognised` and is `known`. Raises LookupError where there is none."""
        document = recognised.holes()
        types = many(document.get("type"))
        if case.format not in _FORMATS or "ClrCredential" in types or case.is_endorsement or case.may_name(*_MORE):
            raise LookupError
        proof = _one(document["proof"])
        named = tuple(proof[name] for name in ("type", "cryptosuite", "proofPurpose"))
        if proof.keys() != structure.USUAL_PROOF or named != ("DataIntegrityProof", SUITE, PURPOSE):
            raise LookupError
        by_form = structure.by_form(case, known)
        if by_form is None:
            raise LookupError
        settled, self.left = by_form
        self.before: tuple[Check, ...] = (was_read(case.kind, case.format), *settled)
        self.kind = object()
        self.context = document["@context"]
        self.names = case.names
        self.places = Places(document, proof)
        achievement = _object(_object(document["credentialSubject"]).get("achievement", {}))
        criteria = _object(achievement.get("criteria", {}))
        evidence, results, alignments, _ = how_much(recognised.value)
        self.described = (
            found("what_it_took.described", evidence=evidence, results=results, alignments=alignments)
            if evidence or results
            else None
        )
        texts = [criteria.get(name) for name in ("id", "narrative")]
        if self.described is None and not all(text is None or type(text) is Hole for text in texts):
            raise LookupError
        self.criteria = [int(text) for text in texts if type(text) is Hole]
        self.narrative = int(texts[1]) if type(texts[1]) is Hole else None
        try:
            self.subjects: Subjects | None = Subjects(recognised)
        except LookupError:
            self.subjects = None
        self.standings: WeakValueDictionary[tuple[str, str], Standing] = WeakValueDictionary()

    def what_it_took(self, texts: list[bytes]) -> Check:
        if self.described is not None:
            return self.described
        return _CRITERIA if any(texts[number] for number in self.criteria) else _NOTHING

    def keep(self, standing: Standing) -> None:
        self.standings[standing.issuer, standing.method] = standing
        HELD.keep(standing, standing, standing.weight)


def course_of(case: Case, known: Matched, recognised: Recognised) -> Course | None:
    """How documents of this form are verified; None where the checks have to do it."""
    try:
        return Course(case, known, recognised)
    except LookupError:
        return None


def _object(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise LookupError
    return value


def _one(value: Any) -> dict[str, Any]:
    """The object, or the only one of a list."""
    return _object(value[0] if type(value) is list and len(value) == 1 else value)


_CRITERIA: Final = found("what_it_took.criteria_only")
_NOTHING: Final = found("what_it_took.nothing")
