"""Testamur: the credential engine. What is true without a database lives here."""
