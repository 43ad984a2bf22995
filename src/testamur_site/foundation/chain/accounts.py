"""The keys that pay: made on first use, sealed like every other key of the deployment, and opened in one function
only."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from testamur.fetch.evm import account_address
from testamur.fetch.evm_transactions import Draft, SignedTransaction, account_of, new_secret, public_key, sign
from testamur_site.foundation.keys.api import seal_secret, unseal_secret
from testamur_site.foundation.signing.api import key_encryption_keys, sealing
from testamur_site.foundation.tenancy.api import Institution

from .models import Account


def account_named(name: str, institution: Institution | None = None) -> Account:
    """The account with that name, made on first use. Of two callers at once the second finds the first one's."""
    found = Account.objects.filter(name=name).first()
    if found is not None:
        return found
    secret = new_secret()
    public = public_key(secret)
    multikey = public.multikey
    sealed = seal_secret(secret, _place(name, multikey))
    try:
        with transaction.atomic():
            return Account.objects.create(
                institution=institution,
                name=name,
                address=account_address(account_of(public)),
                public_multikey=multikey,
                sealed=sealed.content,
                sealed_with=sealed.sealed_with,
            )
    except IntegrityError:
        return Account.objects.get(name=name)


def sign_transaction(account: Account, draft: Draft) -> SignedTransaction:
    """Sign with the account's key. Raises SealBroken and NoKeyEncryptionKey."""
    secret = unseal_secret(bytes(account.sealed), account.sealed_with, _place(account.name, account.public_multikey))
    return sign(draft, secret)


def raw_address(account: Account) -> bytes:
    return bytes.fromhex(account.address[2:])


def _place(name: str, multikey: str) -> bytes:
    return f"testamur chain account\n{name}\n{multikey}".encode()


def reseal() -> int:
    """Seal every account's key with the first key-encryption key in the file; how many were changed. Can be repeated."""
    keys, changed = key_encryption_keys(), 0
    for pk in list(Account.objects.exclude(sealed_with=sealing.fingerprint(keys[0])).values_list("pk", flat=True)):
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=pk)
            place = _place(account.name, account.public_multikey)
            secret = sealing.unseal(keys, sealing.Sealed(bytes(account.sealed), account.sealed_with), place)
            sealed = sealing.seal(keys, secret, place)
            changed += Account.objects.filter(pk=pk).update(sealed=sealed.content, sealed_with=sealed.sealed_with)
    return changed
