"""Anchors: that a checkpoint of the log existed is told to somebody whom nobody here controls, once for all that it
holds."""
