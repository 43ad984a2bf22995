"""The pages of those who lead an offering: who takes part, how far they are, more days, identity, leaving, deleting."""
