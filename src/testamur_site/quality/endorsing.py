"""The decision as a document of its own: composed, signed, kept, revoked.

1. The subject is the achievement of the version, by its id; the comment is the decision in words, with its date.
2. It is valid from the decision until the end of the day of the next review, and can be revoked: its status entry is one of the body's.
3. It is signed by the body's own institution key (eddsa-rdfc-2022). The document is examined against the data model before it is kept.
4. Everything happens in the transaction of the decision: there is no approval without its endorsement, and no endorsement without it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur import model, strict_json
from testamur.errors import IssuingRefused
from testamur.issuing import CONTEXTS
from testamur.verification.schemas.achievement import broken_rules
from testamur_site.catalogue.api import AchievementVersion, achievement_id, default_language
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.design_system.api import day
from testamur_site.foundation.keys.api import profile_json, signing_key
from testamur_site.foundation.tenancy.api import Institution, new_public_id, tenant
from testamur_site.status import api as status

from .models import Endorsement, Proposal


def issue(
    proposal: Proposal,
    version: AchievementVersion,
    body: Institution,
    *,
    review_on: date,
    panel: tuple[str, ...] = (),
    conditions: int = 0,
    actor: Any = None,
) -> Endorsement:
    """Sign the approval of `version` as an endorsement by `body`, in the caller's transaction.

    `panel` are the names of the external organisations that recommended it, `conditions` how many conditions the approval carries.
    Raises IssuingRefused when the document would not be one (an institution without a name, for instance), and as the keys do.
    """
    (entry,) = status.allocate(body, 1)
    with tenant(body):
        credential_status = status.credential_status([entry])[entry.pk]
        did = status.issuers(body, [entry])[entry.pk]
    signer = signing_key(body, did=did)
    now = timezone.now().replace(microsecond=0)
    until = datetime.combine(review_on, time(23, 59, 59), UTC)
    endorsement = Endorsement(
        institution_id=proposal.institution_id,
        proposal=proposal,
        public_id=new_public_id(),
        body=body,
        achievement_version=version.public_id,
        content_hash=proposal.content_hash,
        status_entry=entry,
        valid_from=now,
        valid_until=until,
    )
    language = default_language(version)
    with translation.override(language):
        name = _("Approval of “%(title)s”") % {"title": version.title_in(language)}
        comment = _comment(version, body, language, now.date(), review_on, panel, conditions)
        record_name = _("Quality record")
    profile = {key: value for key, value in profile_json(body, did).items() if key != "@context"}
    document = model.EndorsementCredential(
        context=CONTEXTS,
        id=endorsement.url,
        name=name,
        issuer=model.Profile.from_json(profile),
        valid_from=_stamp(now),
        valid_until=_stamp(until),
        awarded_date=_stamp(now),
        credential_subject=model.EndorsementSubject(id=achievement_id(version), endorsement_comment=comment),
        evidence=(model.Evidence(id=record_url(version.micro_credential.public_id), name=record_name),),
        credential_status=credential_status,
    ).to_json()
    signed = signer.secure(
        document, kind="endorsement", row=endorsement.public_id, created=now, proposal=proposal.public_id
    )
    if not isinstance(signed["proof"], list):
        signed["proof"] = [signed["proof"]]
    if broken := broken_rules(signed, kind="endorsement", version="2.0"):
        raise IssuingRefused("This endorsement would not follow Open Badges 3.0", facts={"rules": broken})
    endorsement.document = strict_json.dumps(signed)
    endorsement.save(force_insert=True)
    facts = {"proposal": proposal.public_id, "body": body.public_id, "until": review_on.isoformat()}
    _trace("endorsement.issued", endorsement, actor, facts)
    return endorsement


def revoke(endorsements: list[Endorsement], *, actor: Any = None) -> None:
    """Revoke what is in force of `endorsements`, in the caller's transaction: the bit in the body's list, and the time here."""
    for endorsement in endorsements:
        in_force = Endorsement.objects.filter(pk=endorsement.pk, revoked_at=None)
        if not in_force.update(revoked_at=timezone.now()):
            continue
        status.set_revoked(endorsement.body, [endorsement.status_entry_id])
        _trace("endorsement.revoked", endorsement, actor, {"proposal": endorsement.proposal.public_id})


def _trace(action: str, endorsement: Endorsement, actor: Any, facts: dict[str, Any]) -> None:
    """In the trail of the institution, and in that of the body whose key signed, where it is another one."""
    target = f"endorsement:{endorsement.public_id}"
    audit.record(action, target, institution=endorsement.proposal.institution, actor=actor, facts=facts)
    if endorsement.body_id != endorsement.institution_id:
        audit.record(action, target, institution=endorsement.body, actor=actor, facts=facts)


def record_url(micro_credential: str) -> str:
    """The absolute address of the public quality record."""
    return f"{settings.TESTAMUR_BASE_URL}{reverse('quality:record', args=[micro_credential])}"


def _comment(
    version: AchievementVersion,
    body: Institution,
    language: str,
    decided: date,
    review_on: date,
    panel: tuple[str, ...],
    conditions: int,
) -> str:
    own = body.pk == version.institution_id
    said = (
        _("%(body)s approved “%(title)s” (version %(number)s) on %(day)s.")
        if own
        else _("%(body)s recommended the approval of “%(title)s” (version %(number)s), which was given on %(day)s.")
    )
    sentences = [
        said
        % {
            "body": body.in_language("name", language),
            "title": version.title_in(language),
            "number": version.number,
            "day": day(decided),
        }
    ]
    if panel:
        sentences.append(_("It was recommended from outside by: %(names)s.") % {"names": ", ".join(panel)})
    if conditions:
        sentences.append(
            ngettext(
                "%(count)s condition is to be fulfilled; the quality record says whether it is.",
                "%(count)s conditions are to be fulfilled; the quality record says whether they are.",
                conditions,
            )
            % {"count": conditions}
        )
    sentences.append(_("The approval holds until the next review, on %(day)s.") % {"day": day(review_on)})
    return " ".join(sentences)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
