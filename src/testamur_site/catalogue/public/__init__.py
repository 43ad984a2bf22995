"""What everybody may see: the catalogue, the pages of institutions and programmes, the achievement as data."""
