"""When, where and for how much a micro-credential is offered: dates, seats, price, the pages on which staff say so."""
