"""The checks, one module each: a function from a `Case` to findings of the catalogue (`testamur.verification.codes`).

A check decides one thing, fetches only through the case's resolver, and never raises because of what a document holds.
"""
