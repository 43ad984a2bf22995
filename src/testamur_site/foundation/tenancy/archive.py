"""Rows as JSON values and back, for what an institution takes along when it leaves.

Each capability says itself which of its fields travel; nothing is taken because it happens to be there.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


class NotAnArchive(ValueError):
    """What was read is not what an export writes. The message names the field."""


def as_json(row: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The fields of a row as JSON values: moments in ISO 8601, bytes in base64."""
    return {name: _json(getattr(row, name)) for name in fields}


def from_json(model: type[models.Model], values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The values of `fields`, as the model takes them. Raises NotAnArchive."""
    found = {}
    for name in fields:
        field = model._meta.get_field(name)
        try:
            value = values[name]
            if value is None and not getattr(field, "null", False):
                raise NotAnArchive(name)
            if isinstance(field, models.BinaryField):
                found[name] = None if value is None else base64.b64decode(value, validate=True)
            elif isinstance(field, models.JSONField):
                if field.default in (list, dict) and not isinstance(value, field.default):
                    raise NotAnArchive(name)
                found[name] = value
            else:
                found[name] = _aware(field.clean(value, None) if value not in (None, "") else field.to_python(value))
        except (KeyError, ValueError, TypeError, ValidationError):
            raise NotAnArchive(name) from None
    return found


def _aware(value: Any) -> Any:
    """A moment without a zone, which we never write, is taken for one in the zone of this place."""
    return timezone.make_aware(value) if isinstance(value, datetime) and timezone.is_naive(value) else value


def _json(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Decimal):
        return str(value)
    return value
