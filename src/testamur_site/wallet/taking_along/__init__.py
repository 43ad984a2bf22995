"""What of the deposits goes along when an institution leaves."""
