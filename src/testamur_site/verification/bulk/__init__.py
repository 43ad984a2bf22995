"""Many documents at once: read, verified by a job, shown as a table, forgotten within the hour. See README.md."""
