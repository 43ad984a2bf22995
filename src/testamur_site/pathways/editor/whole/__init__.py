"""The programme as a whole: its settings, its pools, and the parts that only the text shows, each for itself."""
