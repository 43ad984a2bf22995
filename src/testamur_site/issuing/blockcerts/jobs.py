"""What workers do with requests for editions. Every handler may be killed and run again."""

from __future__ import annotations

from testamur.errors import ProofError, SignerRefused
from testamur_site.foundation.chain.api import Misconfigured
from testamur_site.foundation.jobs.api import GiveUp, JobHandle
from testamur_site.foundation.tenancy.api import tenant

from . import pipeline, queries
from .models import EditionRequest


def work(job: JobHandle, *, request: str) -> None:
    """Sign the editions, plant the tree, order the transaction; or whatever is left of it."""
    found = queries.own_request(request)
    if found is None:
        raise GiveUp("blockcerts.gone")
    _go_on(job, found)


def paid(job: JobHandle, *, key: str) -> None:
    """The transaction of that key has come to its end."""
    found = EditionRequest.objects.filter(transaction__key=key).select_related("institution", "transaction").first()
    if found is not None:
        _go_on(job, found)


def _go_on(job: JobHandle, found: EditionRequest) -> None:
    try:
        pipeline.work(found, writing=job.transaction)
    except (SignerRefused, ProofError, Misconfigured) as error:
        code = getattr(error, "code", "chain.misconfigured")
        with tenant(found.institution):
            EditionRequest.objects.filter(pk=found.pk).update(problem=code, facts={})
        raise
