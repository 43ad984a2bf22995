"""What very many awards have in common: rows that are decided some hundred at a time, and cohorts that are kept compiled."""
