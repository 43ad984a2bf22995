"""The tests that a rule carries: which there are and what comes out, and the page of one."""
