"""Copies: found by a worker, looked at side by side by a person, who decides. Nothing here decides anything by itself."""
