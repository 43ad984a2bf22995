"""The programme lead's dashboard: how far everybody is, what waits for whom, and what the marks say.

Composed of what the capabilities below answer; nothing is decided here.
"""
