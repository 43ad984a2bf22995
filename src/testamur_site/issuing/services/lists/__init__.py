"""Long class lists: `stored` keeps the file while it is being read, `reading` takes it from step to step, `judging` says what a row is."""
