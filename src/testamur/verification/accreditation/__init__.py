"""Accreditation: what a credential, or a register, says about who lets its issuer award, resolved to who stands behind it.

`entries` are what a register says, `claims` what a document says, `resolve` decides about both.
"""
