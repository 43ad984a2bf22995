"""What befalls the platform, one module for each kind of fault. `tests/crash/series.py` says which of them `make crash` runs, with how many
points; each takes the bench and a number of points, and gives one or more lines of the table."""
