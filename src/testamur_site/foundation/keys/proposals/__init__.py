"""Four eyes: what one administrator proposes about the keys, another one carries out. Part of keys: entered through `keys.api`."""
