"""`/healthz`: the process answers. `/readyz`: it can also work: database reachable, migrations applied, jobs not standing still."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from testamur_site.foundation.jobs import api as jobs

SLOW_SECONDS = 900


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """503 with the reason when not ready. Job lag and a silent relay do not make the pages unready, so they are told but not fatal."""
    answer: dict[str, object] = {"database": "ok", "migrations": "ok", "jobs": "ok"}
    status = 200
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            answer["migrations"], status = "pending", 503
        else:
            lag = jobs.oldest_waiting_seconds()
            answer["jobs_lag_seconds"] = round(lag)
            answer["jobs"] = "slow" if lag > SLOW_SECONDS else "ok"
            if (relay := jobs.relay_seen()) is not None:
                answer["relay"] = relay
    except DatabaseError:
        answer, status = {"database": "unreachable"}, 503
    return JsonResponse(answer, status=status, headers={"Cache-Control": "no-store"})
