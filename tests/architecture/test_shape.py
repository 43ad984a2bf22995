"""Sizes, READMEs, and whose row a row is."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from testamur_site.foundation.tenancy.api import TenantManager, TenantModel

from .sources import SITE, SOURCE, capabilities

LONGEST_FILE = 400
LARGEST_FOLDER = 12
CAPABILITIES = capabilities()

# Tables that belong to no single institution. Each has its reason; a new one needs one too.
OF_NO_INSTITUTION = {
    "tenancy.Institution": "it is the tenant, and public knowledge",
    "accounts.User": "a person may work for several institutions; who works where is a Membership, which is a tenant's",
    "verification.BulkRun": "a visitor's own, without an account; deleted within the hour",
    "verification.BulkEntry": "one document of a BulkRun",
    "wallet.Holder": "a learner keeps credentials of any number of institutions; what came from whom is a Deposit, a tenant's",
    "wallet.HolderAddress": "an address of a Holder",
    "wallet_imported.ImportedDocument": "a holder's own, from a platform that is no institution here",
    "records.Transcript": "a holder's own, of credentials of several institutions",
    "records.OutsideSending": "a holder's own: what they sent to somebody who is no institution here",
    "exit.Origin": "the name of this database, by which rows of all institutions are called when they leave",
    "keys.DeploymentKey": "the deployment's own key signs what no institution says",
    "log.Shard": "the log is one for the whole deployment: a log of one institution would say how much it issues, and to whom it does not",
    "log.LogKey": "a key of the log",
    "log.Entry": "hashes in the one log; the institution is noted where there is one",
    "log.Checkpoint": "a head of the log, public",
    "log_monitor.Watch": "what was seen of a shard, which is the deployment's",
    "log_anchoring.Anchor": "a checkpoint of the one log, told to somebody outside",
    "chain.Account": "the deployment's own, or an institution's, noted where there is one: both pay by the same rules",
    "chain.Transaction": "what such an account pays for",
    "log.WitnessState": "what is known of a witness of the log",
    "entry_links.EntryLink": "a link lets in whoever reads a mailbox; whom it names belongs to an institution or to several",
}

OURS = [model for model in apps.get_models() if model.__module__.startswith("testamur_site.")]


@pytest.mark.parametrize("folder", [*CAPABILITIES.values(), SITE / "foundation"], ids=lambda path: path.name)
def test_every_capability_explains_itself(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(text.splitlines()) >= 5


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_table_belongs_to_an_institution_or_says_why_not(model: type[models.Model]) -> None:
    if model._meta.label in OF_NO_INSTITUTION:
        assert not issubclass(model, TenantModel)
        return
    assert issubclass(model, TenantModel), f"{model._meta.label} is no TenantModel"
    assert isinstance(model._default_manager, TenantManager), f"{model._meta.label}: its first manager is not scoped"
    unscoped = [m.name for m in model._meta.managers if not isinstance(m, TenantManager)]
    assert unscoped == [], f"{model._meta.label} has managers that see all institutions: {unscoped}"


def test_the_exceptions_exist() -> None:
    assert set(OF_NO_INSTITUTION) <= {model._meta.label for model in OURS}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_logic_in_save(model: type[models.Model]) -> None:
    assert "save" not in vars(model)


def test_no_file_is_too_long() -> None:
    long = {
        path.relative_to(SOURCE).as_posix(): count
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_folder_is_too_full() -> None:
    full = {}
    for folder in {path.parent for path in SOURCE.rglob("*.py") if "migrations" not in path.parts}:
        files = [path for path in folder.glob("*.py") if path.name not in {"__init__.py", "apps.py"}]
        if len(files) > LARGEST_FOLDER:
            full[folder.relative_to(SOURCE).as_posix()] = len(files)
    assert full == {}


def test_no_page_forbids_every_referer() -> None:
    """With `no-referrer` a browser sends `Origin: null` with the page's own forms, and Django refuses them as forged. It has happened three
    times; `same-origin` keeps a secret address from other sites just as well."""
    files = [path for ending in ("py", "html") for path in SITE.rglob(f"*.{ending}")]
    assert files
    assert [path.name for path in files if "no-referrer" in path.read_text(encoding="utf-8")] == []
