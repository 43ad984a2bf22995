from __future__ import annotations

from django.db import models

from testamur_site.foundation.tenancy.api import TenantModel


class CatalogueEntry(TenantModel):
    """What the public catalogue knows of a published micro-credential: repeated from its version and its open offerings.

    Derived: `entries.refresh` writes it in the transaction of each change, `entries.rebuild` makes all of them anew. Both databases
    index `tokens` by their own means (`migrations`, `full_text.py`).
    """

    micro_credential = models.OneToOneField(
        "catalogue.MicroCredential", on_delete=models.CASCADE, related_name="catalogue_entry"
    )
    version = models.ForeignKey("catalogue.AchievementVersion", on_delete=models.CASCADE, related_name="+")
    tokens = models.TextField()
    titles = models.JSONField(default=dict)  # language map
    values = models.JSONField(default=dict)  # facet → value → language map; see `facets.py`
    runs = models.JSONField(default=list)  # open offerings; see `facets.Run`
    hours = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    published_at = models.DateTimeField()
    made_by = models.PositiveSmallIntegerField(default=0)  # `entries.MADE_BY` of the program that wrote it

    class Meta:
        ordering = ("-published_at", "-pk")

    def __str__(self) -> str:
        return f"entry of {self.micro_credential_id}"


class CatalogueStamp(TenantModel):
    """When the institution's part of the catalogue changed last: a new token with each change, so that copies in memory know."""

    token = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_stamp_per_institution")]

    def __str__(self) -> str:
        return self.token
