"""The door of leaving."""

from .commands import exit_command, import_command
from .services import check_exit, write_exit

__all__ = ["check_exit", "exit_command", "import_command", "write_exit"]
