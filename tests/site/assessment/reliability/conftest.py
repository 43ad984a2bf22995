"""The cohort is that of the tests of assessment."""
