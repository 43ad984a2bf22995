"""Credit units and national frameworks of levels, as data with their sources."""
