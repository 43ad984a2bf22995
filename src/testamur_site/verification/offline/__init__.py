"""The verify page that works without a network, in the visitor's own browser. See README.md."""
