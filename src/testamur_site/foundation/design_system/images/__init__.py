"""Pictures: badges that are composed, uploads that are made harmless, cards for sharing. Enter through `api`."""
