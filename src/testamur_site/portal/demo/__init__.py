"""The demonstration: an invented university, its people, and a small cohort in every state a credential can be in."""
