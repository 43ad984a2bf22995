"""The learner's own overview: what to do next, how far, what was said about the work, what was decided and what one can do about it.

Composed of what the capabilities below answer; nothing is decided here.
"""
