"""What the pages read: the queues, where everything stands, a submission as whoever marks it may see it, a learner's own reviews."""
