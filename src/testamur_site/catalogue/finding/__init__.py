"""Finding a micro-credential among all institutions' ones: words in any language, filters with counts, the same on both databases.

tokens      text → the tokens that are stored and asked for
facets      a description → the values it can be filtered by
entries     the row of each published micro-credential that repeats both, written with every change
full_text   the two databases' own full-text index over the tokens
index       all rows' values in memory as sets of bits: every count of a page in a few milliseconds
search      what a visitor asked for, read from an address and written into one
results     the answer: a page of versions, counts, what to loosen when nothing fits
"""
