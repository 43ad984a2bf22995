"""What credentials have in common is stored once: the bytes of an achievement, and those that a signed credential begins with."""
