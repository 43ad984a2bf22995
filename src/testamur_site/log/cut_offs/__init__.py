"""What an institution says about the log in its DID document: where it is, from when on its credentials must be in it, and from which
place on a copied key counts for nothing. Part of the log: entered through `log.api`."""
