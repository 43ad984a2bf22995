"""The door of tenancy."""

from .archive import NotAnArchive, as_json, from_json
from .bulk import existing, insert_rows, looked_up, new_keys, unsaved, update_rows, values_of
from .carrying import Carried, nobodys_digest
from .managers import TenantManager, TenantQuerySet
from .models import (
    COLOUR,
    Institution,
    Logo,
    Membership,
    Role,
    TenantModel,
    institution_without_index,
    new_public_id,
    new_public_ids,
)
from .queries import institution_by_slug, logo, members, membership_of, memberships
from .references import examined_together, on_postgresql
from .rules import slug_problem, slug_suggestion
from .scope import UnscopedQuery, WrongTenant, current_institution, tenant, unscoped

__all__ = [
    "COLOUR",
    "Carried",
    "Institution",
    "Logo",
    "Membership",
    "NotAnArchive",
    "Role",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "UnscopedQuery",
    "WrongTenant",
    "as_json",
    "current_institution",
    "examined_together",
    "existing",
    "from_json",
    "insert_rows",
    "institution_by_slug",
    "institution_without_index",
    "logo",
    "looked_up",
    "members",
    "membership_of",
    "memberships",
    "new_keys",
    "new_public_id",
    "new_public_ids",
    "nobodys_digest",
    "on_postgresql",
    "slug_problem",
    "slug_suggestion",
    "tenant",
    "unsaved",
    "unscoped",
    "update_rows",
    "values_of",
]
