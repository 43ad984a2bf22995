"""The one place that knows every part: settings, addresses and the wiring between capabilities."""
