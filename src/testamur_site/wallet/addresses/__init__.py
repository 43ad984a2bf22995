"""The e-mail addresses that open one wallet: adding a further one, which is proven by a link, and taking one out."""
