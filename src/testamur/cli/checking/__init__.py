"""What `testamur check` and `testamur plan` are made of: a person's case out of files, and decisions that are taken again."""
