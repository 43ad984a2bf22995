"""Blockcerts editions of awards, on request."""
