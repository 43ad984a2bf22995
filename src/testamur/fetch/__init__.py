"""The only place of the library that reaches out: over a hardened HTTPS, from an offline bundle, or nowhere at all."""

from testamur.fetch.bundle import BundleResolver, bundle_in, write_bundle
from testamur.fetch.fixed import ChainResolver, FixedResolver, RecordingResolver
from testamur.fetch.http import HttpResolver
from testamur.verification.outside import SystemClock

__all__ = [
    "BundleResolver",
    "ChainResolver",
    "FixedResolver",
    "HttpResolver",
    "RecordingResolver",
    "SystemClock",
    "bundle_in",
    "write_bundle",
]
