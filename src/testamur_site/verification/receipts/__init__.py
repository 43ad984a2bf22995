"""Receipts of verifications, signed by the deployment. See `testamur.verification.receipt` for what one says."""
