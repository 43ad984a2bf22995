from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import TenantModel, institution_without_index, new_public_id
from testamur_site.issuing.api import Award

from .rules import MAXIMUM_NAME, DepositState

_CLAIM = Signer(salt="wallet.claim", sep="~")


class Holder(models.Model):
    """A person with credentials, of any number of institutions. Not an account: there is no password, and not an e-mail address either:
    a person has several, and changes them. `public_id` is the address of the portfolio."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=MAXIMUM_NAME, blank=True)
    about = models.TextField(blank=True, max_length=600)
    language = models.CharField(max_length=8, default="en")
    portfolio_public = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"holder {self.pk}"

    @property
    def portfolio_url(self) -> str:
        return f"{settings.TESTAMUR_BASE_URL}/p/{self.public_id}"


class HolderAddress(models.Model):
    """An e-mail address that the holder has shown to read: they opened a link that was sent there."""

    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="addresses")
    email = models.CharField(max_length=254, unique=True)  # folded: two spellings are one mailbox
    verified_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"address of holder {self.holder_id}"


class Deposit(TenantModel):
    """An award on its way to its learner, and then in their hands. See `rules.py` for its life."""

    institution = institution_without_index()
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(Holder, null=True, on_delete=models.SET_NULL, related_name="deposits", db_index=False)
    nonce = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    state = models.CharField(max_length=10, default=DepositState.PENDING)
    public = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(
        null=True
    )  # when the mail about the award was queued; who was never told hears of no withdrawal
    claimed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["holder", "-created_at"], condition=models.Q(holder__isnull=False), name="deposits_of_holder"
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="only_claimed_is_public", condition=models.Q(public=False) | models.Q(state=DepositState.CLAIMED)
            )
        ]

    def __str__(self) -> str:
        return f"deposit {self.pk}"

    @property
    def claim_token(self) -> str:
        """The secret of the claim link: sealed with the platform's secret, so the database alone opens no claim."""
        return _CLAIM.sign(self.nonce)

    @staticmethod
    def nonce_of(token: str) -> str | None:
        """The nonce inside a claim token, or None for one that we did not make."""
        try:
            return _CLAIM.unsign(token)
        except BadSignature:
            return None
