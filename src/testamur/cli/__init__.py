"""The command `testamur`: verify, inspect, issue, key, bundle, and a door to the site.

Each command is a module with `register(commands)`, which describes its arguments, and `run(arguments)`, which returns the exit status.
Commands print answers on standard output and complaints on standard error, and know nothing that the library does not know.
"""

from testamur.cli.main import main

__all__ = ["main"]
