"""Proofs of other logs, kept beside what was taken over from another deployment: that log proves, this one says nothing about it."""
