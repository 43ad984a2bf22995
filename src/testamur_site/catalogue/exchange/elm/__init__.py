"""The European Learning Model v3: read out of a European Digital Credential, and written as an open description of a programme."""

from .reading import Imported, NotImportable, read_elm
from .writing import document, graph, nodes

__all__ = ["Imported", "NotImportable", "document", "graph", "nodes", "read_elm"]
