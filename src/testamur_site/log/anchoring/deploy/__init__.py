"""Putting the contract for anchors into a chain, once: `python -m testamur_site.log.anchoring.deploy CHAIN`.

Run it again until it prints the contract's address. However often it is run, one transaction is paid for; and the contract belongs to
nobody, so one that somebody else has put into a chain serves as well.
"""

# Nothing is imported here: `python -m` reads this file before the models can be.
