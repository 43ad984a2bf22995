"""The test as a learner sits it: one item a page, no way back."""
