"""From a request to finished editions. Every step finds its own trace after a crash, and what is stored first counts.

1. `sign`: for each edition the content is stored, then the signed bytes; with them, in one transaction, its entry for
   the public log.
2. `plant`: when all are signed, the tree is computed from the *stored* bytes; root and paths are stored, and the
   transaction is ordered, in one transaction. So there is one root, and one order, whoever computes it how often.
3. `foundation/chain` pays for it once, and calls `finish`: each edition gets its Merkle proof, which is computed from
   what is stored; the first to store it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur import strict_json
from testamur.errors import ProofError
from testamur.formats import blockcerts
from testamur.log.secured import secured
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.chain.api import Transaction, account_named, chain_named, order, raw_address
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.log import api as log

from ..models import PreparedCredential
from ..services.common import Writing
from . import documents, rules
from .models import Edition, EditionRequest

SLICE = 50
AFTER = "testamur_site.issuing.blockcerts.jobs.paid"
State = EditionRequest.State


def sign(request: EditionRequest, *, writing: Writing = transaction.atomic) -> bool:
    """Step 1 for some editions of the request; False when all are signed. Inside the institution's tenant. Raises
    SignerRefused, SignerUnavailable, ProofError."""
    waiting = request.editions.select_related("award__institution", "award__status_entry").filter(signed=None)
    some = list(waiting[:SLICE])
    if not some:
        return False
    rows = PreparedCredential.objects.filter(award__in=[each.award_id for each in some])
    credentials = {award: bytes(signed) for award, signed in rows.values_list("award", "signed")}
    for edition in some:
        if edition.content is None:
            made = documents.content_of(edition.award, credentials[edition.award_id])
            Edition.objects.filter(pk=edition.pk, content=None).update(content=strict_json.dumps(made))
            edition.refresh_from_db()
    now = timezone.now().replace(microsecond=0)
    signed = [(edition, _signed(edition, now)) for edition in some]
    with writing():
        for edition, content in signed:
            if Edition.objects.filter(pk=edition.pk, signed=None).update(signed=content):
                log.record([_entry(edition, content)], request.institution)
    return True


def _signed(edition: Edition, now: datetime) -> bytes:
    content = strict_json.loads(bytes(edition.content or b""))
    signer = signing_key(edition.institution, did=rules.did_of(content))
    return documents.secured_edition(content, signer, row=edition.award.public_id, created=now)


def _entry(edition: Edition, content: bytes) -> log.Record:
    public_id = edition.award.public_id
    identifier = rules.edition_id(edition.award.url)
    name = f"{rules.SUBJECT}{public_id}"
    return log.Record(log.Kind.ISSUE, identifier, secured(content), name, name)


def plant(request: EditionRequest) -> None:
    """Step 2. Inside the institution's tenant. Raises Misconfigured."""
    chain = chain_named(request.chain)
    if chain is None or not rules.usable(chain.id, chain.blockcerts) or chain.id != request.chain_id:
        EditionRequest.objects.filter(pk=request.pk, root=None).update(problem="chain.not_configured", facts={})
        return
    account = account_named(rules.account_name(request.institution.public_id), request.institution)
    editions, hashes = [], []
    for edition in request.editions.exclude(signed=None).order_by("pk").iterator(chunk_size=200):
        hashes.append(blockcerts.edition_hash(strict_json.loads(bytes(edition.signed or b""))))
        editions.append(Edition(pk=edition.pk, institution_id=edition.institution_id))
    tree = blockcerts.tree_of(hashes)
    with transaction.atomic():
        locked = EditionRequest.objects.select_for_update().get(pk=request.pk)
        if locked.state != State.SIGNING or locked.editions.filter(signed=None).exists():
            return
        for edition, path in zip(editions, tree.paths, strict=True):
            edition.path = [[side, beside.hex()] for side, beside in path]
        Edition.objects.bulk_update(editions, ["path"], batch_size=200)
        locked.root, locked.state, locked.problem, locked.facts = tree.root, State.ANCHORING, "", {}
        _order(locked, chain, account)
        locked.save()


def order_again(request: EditionRequest) -> bool:
    """Another transaction, after the one before has failed for good; False where nothing is to be done. Joins the
    caller's transaction."""
    chain = chain_named(request.chain)
    failed = request.transaction is not None and request.transaction.state == Transaction.State.FAILED
    if not failed or request.root is None or chain is None or request.orders >= rules.MAX_ORDERS:
        return False
    _order(request, chain, account_named(rules.account_name(request.institution.public_id), request.institution))
    request.state, request.problem, request.facts = State.ANCHORING, "", {}
    request.save()
    return True


def _order(request: EditionRequest, chain: Any, account: Any) -> None:
    request.orders += 1
    request.transaction = order(
        account,
        chain,
        key=f"blockcerts:{request.public_id}:{request.orders}",
        data=bytes(request.root or b""),
        gas=rules.GAS,
        to=raw_address(account),
        after=AFTER,
    )


def finish(request: EditionRequest, *, writing: Writing = transaction.atomic) -> bool:
    """Step 3 for some editions; False when nothing is left to do. Inside the institution's tenant."""
    paid = request.transaction
    if paid is None or paid.state not in (Transaction.State.CONFIRMED, Transaction.State.FAILED):
        return False
    if paid.state == Transaction.State.FAILED:
        EditionRequest.objects.filter(pk=request.pk, state=State.ANCHORING).update(
            state=State.FAILED, problem=paid.problem, facts=paid.facts
        )
        return False
    some = list(request.editions.select_related("award").filter(finished=None)[:SLICE])
    made = [(edition, _finished(edition, request, paid)) for edition in some]
    now = timezone.now()
    with writing():
        for edition, content in made:
            Edition.objects.filter(pk=edition.pk, finished=None).update(finished=content, finished_at=now)
        if not some:
            closed = EditionRequest.objects.filter(pk=request.pk, state=State.ANCHORING).update(
                state=State.FINISHED, finished_at=now, problem="", facts={}
            )
            if closed:
                facts = {"transaction": paid.hash, "chain": request.chain_id, "editions": request.editions.count()}
                target = f"blockcerts:{request.public_id}"
                audit.record("blockcerts.anchored", target, institution=request.institution, facts=facts)
    return bool(some)


def _finished(edition: Edition, request: EditionRequest, paid: Transaction) -> bytes:
    document = strict_json.loads(bytes(edition.signed or b""))
    path: Sequence[Any] = edition.path or []
    if paid.mined_at is None:
        raise ProofError("This transaction is in no block.", code="blockcerts.chain")
    made = blockcerts.edition_of(
        document,
        bytes(request.root or b""),
        tuple((side, bytes.fromhex(beside)) for side, beside in path),
        chain=request.chain_id,
        transaction=bytes.fromhex(paid.hash[2:]),
        verification_method=f"{rules.did_of(document)}#{rules.ANCHOR_METHOD}",
        created=paid.mined_at,
    )
    return strict_json.dumps(made)


def work(request: EditionRequest, *, writing: Writing = transaction.atomic) -> None:
    """Take a request as far as it goes now."""
    with tenant(request.institution):
        while request.state == State.SIGNING and sign(request, writing=writing):
            pass
        if request.state == State.SIGNING:
            plant(request)
        request.refresh_from_db()
        while request.state == State.ANCHORING and finish(request, writing=writing):
            pass
        request.refresh_from_db()
