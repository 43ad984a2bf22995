"""The bank as its designers see it: items, settings, tables, calibration."""
