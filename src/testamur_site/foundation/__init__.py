"""What every capability stands on. Nothing in here names a credential."""
