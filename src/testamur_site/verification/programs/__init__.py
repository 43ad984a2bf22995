"""The addresses that programs ask: `/api/verify` and its description. Many at once: `bulk/programs.py`."""
