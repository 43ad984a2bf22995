"""All changes of marking: each in one transaction, with its audit entry in the same one, and safe to repeat."""
