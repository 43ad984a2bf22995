"""`testamur site exit` and `testamur site import-exit`: what the command line says and asks. Exit status 0 done, 1 refused or not sound,
2 wrong usage."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from testamur.errors import TestamurError
from testamur_site.foundation.accounts.api import AlreadyMember, invite_first_owner
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

from . import services
from .taking_over import carry_out, plan
from .taking_over.conflicts import Refused
from .writing import locked
from .writing.bags import Checked, NotABag
from .writing.locked import Lock, LockError, Unlock
from .writing.workplace import BeingWritten, NotOurs

_STEPS = {
    "public": "public part: {done} files",
    "private": "archive of awards: {done} awards",
    "tables": "tables: {done} rows",
    "files": "files that learners handed in: {done}",
    "sealing": "checksums: {done} files",
    "packing": "packing: {done} files",
    "checking": "checking: {done} files",
    "importing": "importing: {done} awards",
}
_NOT_A_BAG = {
    "no_folder": "is no exit: it holds neither public/ nor private/ with a bagit.txt",
    "no_declaration": "is no exit: its bagit.txt is missing or not that of BagIt 1.0",
    "no_manifest": "is no exit: a manifest is missing",
    "line": "has a manifest that cannot be read",
    "too_much": "unpacks to far more than it should; it was not made by an honest program",
    "escape": "has a manifest that names a file outside of it; it was not made by an honest program",
}


def exit_command(options: argparse.Namespace) -> int:
    """Write an exit, or check one."""
    if options.check is not None:
        return _check(options)
    if options.institution is None or options.out is None:
        return _refused("say whose with --institution SLUG and where to with --out FOLDER, or name one with --check", 2)
    institution = institution_by_slug(options.institution)
    if institution is None:
        known = ", ".join(Institution.objects.order_by("slug").values_list("slug", flat=True)[:20])
        return _refused(f"there is no institution {options.institution} here; there are: {known or 'none'}", 2)
    try:
        lock = _lock(options)
    except LockError as error:
        return _refused(_LOCKS[error.reason], 2)
    except OSError as error:
        return _refused(f"the file of the passphrase cannot be read: {error.strerror}", 2)
    if lock and not options.with_awards:
        return _refused("only the private part is encrypted: add --with-awards", 2)
    if options.with_files and not options.with_awards:
        return _refused("the files are in the private part: add --with-awards", 2)
    try:
        contents = {"with_awards": options.with_awards, "with_files": options.with_files}
        written = services.write_exit(institution, options.out, **contents, lock=lock, progress=Meter())
    except NotOurs:
        return _refused(f"{options.out} holds something else; nothing is written over what is not an exit")
    except BeingWritten:
        return _refused(f"{options.out} is being written by another process")
    except TestamurError as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{options.out} cannot be written: {error.strerror}. Run the same command again to go on.")
    _record(institution, options.with_awards, written)
    print(f"{options.out}: {written.files} files, {written.bytes} bytes")
    for part, fingerprint in written.fingerprints.items():
        print(f"{part}: {fingerprint}")
    if lock:
        print(f"{locked.ARCHIVE} can only be opened with its key. If that is lost, nobody opens it ever again.")
    elif options.with_awards:
        print(
            "The folder private/ holds names and addresses. Keep it as you keep student records; hand on public/ alone."
        )
    return 0


def import_command(options: argparse.Namespace) -> int:
    """Say what an import would do, or do it."""
    try:
        unlock = _unlock(options)
        if services.is_locked(options.source) and not unlock:
            raise LockError("locked")
        with services.opened(options.source, unlock) as parts:
            found = plan(parts, progress=Meter())
            for line in found.lines():
                print(line)
            if not options.yes:
                print("Nothing was changed. To do this, run the command again with --yes.")
                return 0
            done = carry_out(found, parts, progress=Meter())
    except NotABag as error:
        return _refused(f"{options.source} {_NOT_A_BAG[error.reason]}")
    except LockError as error:
        return _refused(_LOCKS[error.reason])
    except OSError as error:
        return _refused(f"{error.filename or options.source} cannot be read: {error.strerror}")
    except Refused as error:
        for sentence in error.sentences:
            print(sentence, file=sys.stderr)
        return _refused("nothing was imported")
    for line in done.lines():
        print(line)
    return 0 if options.owner is None else _invited(done.institution, options.owner)


def _invited(institution: Institution, address: str) -> int:
    try:
        validate_email(address)
        with transaction.atomic():
            link = invite_first_owner(institution, address, institution.languages[0] if institution.languages else "en")
    except ValidationError:
        return _refused(f"{address} is no e-mail address; repeat the command with another --owner", 2)
    except AlreadyMember:
        return _refused("the institution has members; they invite others on their page “People”")
    print(f"The owner opens this within a week, and chooses a password: {link}")
    return 0


_LOCKS = {
    "recipient": "a --recipient is a public key of age (age1…) or of SSH (ssh-ed25519 …), one each time",
    "passphrase": f"the passphrase has fewer than {locked.SHORTEST} characters; several words are easier to keep than one odd one",
    "identity": "the file of --identity holds no key of age (AGE-SECRET-KEY-1…) and no private key of SSH",
    "locked": "the private part is encrypted: name what opens it with --identity FILE or --passphrase-file FILE",
    "wrong_key": "what was given does not open the private part, or the file was changed since it was written",
}


def _lock(options: argparse.Namespace) -> Lock:
    """Raises LockError, OSError."""
    if options.passphrase_file is not None:
        return locked.for_passphrase(locked.read_secret(options.passphrase_file).strip("\r\n"))
    return locked.for_recipients("\n".join(options.recipient)) if options.recipient else Lock()


def _unlock(options: argparse.Namespace) -> Unlock:
    """Raises OSError."""
    if options.passphrase_file is not None:
        return Unlock(passphrase=locked.read_secret(options.passphrase_file).strip("\r\n"))
    return Unlock(identities=locked.read_secret(options.identity)) if options.identity is not None else Unlock()


class Meter:
    """Tells how far something is, once a second, on standard error."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, step: str, done: int) -> None:
        if time.monotonic() - self._told >= 1:
            self._told = time.monotonic()
            print(_STEPS[step].format(done=done), file=sys.stderr, flush=True)


def _check(options: argparse.Namespace) -> int:
    source: Path = options.check
    try:
        unlock = _unlock(options)
        found = services.check_exit(source, unlock=unlock, progress=Meter())
        logs = services.check_logs(source)
    except NotABag as error:
        return _refused(f"{source} {_NOT_A_BAG[error.reason]}")
    except LockError as error:
        return _refused(_LOCKS[error.reason])
    except OSError as error:
        return _refused(f"{error.filename or source} cannot be read: {error.strerror}")
    if services.is_locked(source) and not unlock:
        print(f"{locked.ARCHIVE} is encrypted and was not looked into; --identity or --passphrase-file opens it.")
    for part, checked in found.items():
        print(f"{part}: {checked.files} files, {checked.bytes} bytes, {checked.fingerprint}")
        _findings(part, checked)
    for log in logs:
        print(
            f"log {log.year}: {log.size} entries{'' if log.sound else ' — NOT SOUND: ' + ', '.join(log.findings[:5])}"
        )
    sound = all(checked.sound for checked in found.values()) and all(log.sound for log in logs)
    print("Sound: every file is as it was written." if sound else "Not sound: take another copy.")
    return 0 if sound else 1


def _findings(part: str, checked: Checked) -> None:
    words = {"missing": "is missing", "changed": "was changed", "unlisted": "does not belong there"}
    for finding in checked.findings:
        print(f"  {part}/{finding.path} {words[finding.code]}")


def _record(institution: Institution, with_awards: bool, written: services.Written) -> None:
    with transaction.atomic():
        facts = {"withAwards": with_awards, "fingerprints": written.fingerprints, "files": written.files}
        audit.record("exit.written", f"institution:{institution.public_id}", institution=institution, facts=facts)


def _refused(sentence: str, status: int = 1) -> int:
    print(f"testamur site: {sentence}", file=sys.stderr)
    return status
