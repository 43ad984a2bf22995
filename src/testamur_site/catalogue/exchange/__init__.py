"""Descriptions in other people's forms: read from the European Learning Model, written as an Open Badges 3.0 achievement."""
