"""A stand-in: the names of the `cryptography` package that the library uses for checking signatures, over `testamur.proofs.plain`."""
