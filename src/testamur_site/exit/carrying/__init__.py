"""What of an institution travels, and what its rows are called outside of their database."""
