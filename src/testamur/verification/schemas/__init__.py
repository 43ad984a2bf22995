"""How a credential is built, as JSON Schemas of our own, and broken rules as facts instead of a validator's English."""
