"""JSON-LD 1.1: from a document with contexts to expanded form and to statements. The doors are in `testamur.linked_data`."""
