"""The catalogue as open data: linked data in two vocabularies, a feed, a sitemap, an interface for programs."""
