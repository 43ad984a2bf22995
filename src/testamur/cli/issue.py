"""`testamur issue`: the main job without the site.

1. Read and check everything that all awards share: key, issuer, achievement, image. A mistake here is wrong usage; nothing is written.
2. Read all recipients; refuse doubled ones.
3. For each: compose, lint, sign, bake, write one file (or one line) wholly. A refused row keeps its sentence, the others go on.

Run again, it awards nobody twice: the id of an award is derived from issuer, achievement and recipient with the secret key (so nobody
else can guess it), and an award whose file is there already is left alone. That also means that a run that was interrupted is continued by
repeating it. To award the same person the same achievement once more, name the occasion in a column `award`.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from testamur import strict_json
from testamur.cli.common import ExitStatus, Formatter, UsageError, read_bytes, read_json
from testamur.cli.key.files import read_key_file
from testamur.cli.outputs import FORMATS, Folder, Lines, Output, drawn_badge, drawn_disc
from testamur.cli.recipients import Row, RowRefused, read_recipients
from testamur.errors import IssuingRefused, TestamurError
from testamur.issuing import AwardDetails, Recipient, Severity, compose, lint, prepare, sign
from testamur.model import Achievement, Evidence, IdentityObject, IdentityType, Profile, Result, normal_email
from testamur.ports import Clock, Signer
from testamur.proofs.jose import sign_as_jwt
from testamur.verification import SystemClock

_DESCRIPTION = """\
Issue one Open Badges 3.0 credential for each recipient, signed with your key, one file each.

  issuer.json       {"type": ["Profile"], "name": "Example University", "url": "https://university.example"}
                    Its id is the identifier in the key file; leave it out.
  badge.json        {"type": ["Achievement"], "id": "https://university.example/data-literacy",
                     "name": "Data Literacy", "description": "Reads and questions data.",
                     "criteria": {"narrative": "Pass the supervised project."}}
  class.csv         name,email
                    Mina Kim,mina@students.example

Further columns: id (a DID of the holder), student_number, valid_from, valid_until, evidence (address),
evidence_name, narrative, result (of the first result description), award (the occasion, see below).
Names stand in the credential in the clear, e-mail addresses and student numbers only as salted hashes.

Running the same command again awards nobody twice: what is there is left alone, what is missing is
issued. To award the same person again, name the occasion in a column “award”.

exit status: 0 all issued or there already · 1 at least one row was refused · 2 wrong usage
"""

_EXAMPLES = """\
examples:
  testamur issue --issuer issuer.json --achievement badge.json --recipients class.csv --key key.json --out issued
  testamur issue … --format png --image badge.png --out issued
  testamur issue … --out issued.jsonl
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What all awards of one run share."""

    issuer: Profile
    achievement: Achievement
    key: Signer
    method: str
    secret: bytes
    now: datetime
    as_token: bool
    evidence: tuple[Evidence, ...] = ()


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "issue",
        help="issue credentials to a list of recipients",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=Formatter,
    )
    parser.add_argument("--issuer", required=True, metavar="PROFILE.json", help="who issues (OB 3.0 Profile)")
    parser.add_argument(
        "--achievement", required=True, metavar="ACHIEVEMENT.json", help="what is awarded (OB 3.0 Achievement)"
    )
    parser.add_argument(
        "--recipients", required=True, metavar="CSV|JSONL", help="who receives it; - for standard input"
    )
    parser.add_argument("--key", required=True, metavar="FILE", help="the signing key (see: testamur key new)")
    parser.add_argument(
        "--evidence",
        metavar="FILE.json",
        help="further evidence of the award: a list, as testamur check --evidence writes it",
    )
    parser.add_argument(
        "--format",
        type=_format,
        default="json",
        metavar="json|jwt|png|svg",
        help="json (default), jwt (a signed token), or baked into an image",
    )
    parser.add_argument(
        "--image", metavar="FILE", help="the PNG or SVG to bake into; a plain one is drawn if there is none"
    )
    parser.add_argument(
        "--out", required=True, metavar="DIR|FILE.jsonl", help="a folder for one file each, or one file for all"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, clock: Clock | None = None) -> int:
    """Issue to every recipient who has no award yet."""
    now = (clock or SystemClock()).now().astimezone(UTC).replace(microsecond=0)
    batch = _batch(arguments, now)
    rows, unused = read_recipients(arguments.recipients)
    for heading in unused:
        print(f"{arguments.recipients}: the column “{heading}” is not used", file=sys.stderr)
    output = _output(arguments, batch)
    issued = present = 0
    refused: list[str] = []
    seen: dict[str, int] = {}
    with output:
        for row in rows:
            try:
                identifier = _identifier(batch, row)
                if identifier in seen:
                    raise RowRefused(
                        f"the same recipient as in line {seen[identifier]}; for a second award name the occasion in a column “award”"
                    )
                seen[identifier] = row.line
                if output.has(identifier):
                    present += 1
                    continue
                output.write(identifier, _credential(batch, row, identifier))
                issued += 1
            except IssuingRefused as error:
                refused += [f"line {row.line}: {finding.sentence}" for finding in error.findings] or [
                    f"line {row.line}: {error}"
                ]
            except (RowRefused, TestamurError) as error:
                refused.append(f"line {row.line}: {error}")
    for sentence in refused:
        print(sentence, file=sys.stderr)
    print(f"{issued} issued, {present} there already, {len(rows) - issued - present} refused; {arguments.out}")
    return ExitStatus.FAILED if refused else ExitStatus.DONE


def _format(name: str) -> str:
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"the format {name} is not available; there are {', '.join(FORMATS)}")
    return name


def _batch(arguments: argparse.Namespace, now: datetime) -> Batch:
    key_file = read_key_file(arguments.key)
    did, method, key = key_file.did, key_file.method, key_file.open()
    profile = _object(arguments.issuer)
    if profile.setdefault("id", did) != did:
        raise UsageError(
            f"{arguments.issuer} names {profile['id']} as the issuer, but the key belongs to {did}. "
            "Remove the “id” there, or use the key of that issuer"
        )
    profile.setdefault("type", ["Profile"])
    achievement = _object(arguments.achievement)
    achievement.setdefault("type", ["Achievement"])
    secret = key_file.award_secret(key)
    batch = Batch(
        Profile.from_json(profile),
        Achievement.from_json(achievement),
        key,
        method,
        secret,
        now,
        arguments.format == "jwt",
        _evidence(arguments.evidence) if arguments.evidence else (),
    )
    # One award for nobody, to hear once what is wrong with what all rows share, and not once in each row.
    trial = compose(
        batch.issuer,
        batch.achievement,
        Recipient(name="—", salt="—"),
        AwardDetails(id=f"urn:uuid:{uuid.UUID(int=0)}", valid_from=now),
    )
    broken = [
        finding
        for finding in lint(trial)
        if finding.severity is Severity.ERROR and "credentialSubject/identifier" not in finding.path
    ]
    if broken:
        raise UsageError("nothing was issued:\n" + "\n".join(f"  {finding.sentence}" for finding in broken))
    return batch


def _evidence(name: str) -> tuple[Evidence, ...]:
    pieces = read_json(name)
    if not isinstance(pieces, list):
        raise UsageError(f"{name} is not a list of evidence")
    return tuple(map(Evidence.from_json, pieces))


def _object(name: str) -> dict[str, Any]:
    value = read_json(name)
    if not isinstance(value, dict):
        raise UsageError(f"{name} is not a JSON object")
    return value


def _output(arguments: argparse.Namespace, batch: Batch) -> Output:
    path = Path(arguments.out)
    if path.suffix == ".jsonl":
        if arguments.format != "json":
            raise UsageError("one file for all (.jsonl) holds JSON; for images name a folder")
        return Lines(path)
    image = read_bytes(arguments.image) if arguments.image else None
    if arguments.format == "png" and image is None:
        image = drawn_disc()
    if arguments.format == "svg" and image is None:
        image = drawn_badge(batch.achievement.name, batch.issuer.name or batch.issuer.id)
    return Folder(path, arguments.format, image)


def _identifier(batch: Batch, row: Row) -> str:
    """The id of the award in this row: the same for the same issuer, achievement, recipient and occasion, and to nobody guessable."""
    name, email = row["name"], row["email"]
    if not name:
        raise RowRefused("there is no name")
    if email is not None and ("@" not in email.strip("@") or any(character.isspace() for character in email)):
        raise RowRefused("the e-mail address is not one")
    who = normal_email(email) if email else (row["student_number"] or row["id"] or name)
    what = strict_json.dumps([batch.issuer.id, batch.achievement.id, who, row["award"]])
    return f"urn:uuid:{_uuid(hmac.digest(batch.secret, what, 'sha256'))}"


def _uuid(digest: bytes) -> uuid.UUID:
    """A UUID of version 8 (RFC 9562 §5.8: made as its maker likes) from `digest`; 122 bits of it remain."""
    octets = bytearray(digest[:16])
    octets[6] = octets[6] & 0x0F | 0x80
    octets[8] = octets[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(octets))


def _credential(batch: Batch, row: Row, identifier: str) -> bytes:
    salt = hmac.new(batch.secret, f"salt {identifier}".encode(), hashlib.sha256).hexdigest()[:32]
    number = row["student_number"]
    identifiers = (_hashed(number, salt),) if number else ()
    results: tuple[Result, ...] = ()
    if row["result"]:
        if not batch.achievement.result_description:
            raise RowRefused("there is a result, but the achievement has no result description that it could refer to")
        results = (Result(result_description=batch.achievement.result_description[0].id, value=row["result"]),)
    evidence: tuple[Evidence, ...] = ()
    if row["evidence"] or row["evidence_name"]:
        evidence = (Evidence(id=row["evidence"], name=row["evidence_name"] or "Evidence"),)
    document = compose(
        batch.issuer,
        batch.achievement,
        Recipient(name=row["name"] or "", email=row["email"], identifiers=identifiers, id=row["id"], salt=salt),
        AwardDetails(
            id=identifier,
            valid_from=row.date("valid_from") or batch.now,
            valid_until=row.date("valid_until"),
            evidence=evidence + batch.evidence,
            results=results,
            narrative=row["narrative"],
        ),
    )
    return _signed(batch, document)


def _signed(batch: Batch, document: Mapping[str, Any]) -> bytes:
    if batch.as_token:
        return _token(batch, document)
    suite = "eddsa-rdfc-2022" if batch.key.algorithm == "Ed25519" else "ecdsa-rdfc-2019"
    prepared = prepare(document, batch.key, verification_method=batch.method, created=batch.now, cryptosuite=suite)
    return sign(prepared, batch.key)


def _token(batch: Batch, document: Mapping[str, Any]) -> bytes:
    """The credential as compact JWS (OB 3.0 §8.2), after the same lints. A did:web lists its key as a JWK beside the Multikey."""
    errors = tuple(finding for finding in lint(document) if finding.severity is Severity.ERROR)
    if errors:
        raise IssuingRefused(errors[0].sentence, findings=errors)
    kid = batch.method if batch.issuer.id.startswith("did:key:") else f"{batch.method}-jwk"
    return sign_as_jwt(document, batch.key, kid)


def _hashed(value: str, salt: str) -> IdentityObject:
    digest = hashlib.sha256((value + salt).encode()).hexdigest()
    return IdentityObject(
        hashed=True, identity_hash=f"sha256${digest}", identity_type=str(IdentityType.SOURCED_ID), salt=salt
    )
