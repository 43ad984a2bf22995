from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from .costs import Costs


class CostsForm(forms.Form):
    """The inputs of the calculation. It is sent by GET and changes nothing."""

    gas = forms.IntegerField(label=_("Gas of one anchor"), min_value=21_000, max_value=10_000_000)
    gwei = forms.DecimalField(
        label=_("Price of a unit of gas, in gwei"),
        min_value=Decimal(0),
        max_value=Decimal(100_000),
        max_digits=14,
        decimal_places=9,
    )
    anchors = forms.IntegerField(label=_("Anchors a year"), min_value=1, max_value=1_000_000)
    worth = forms.DecimalField(
        label=_("What one coin of the chain is worth"),
        min_value=Decimal(0),
        max_value=Decimal(10**12),
        max_digits=18,
        decimal_places=6,
    )

    def costs(self) -> Costs:
        given = self.cleaned_data
        return Costs(given["gas"], given["gwei"], given["anchors"], given["worth"])
