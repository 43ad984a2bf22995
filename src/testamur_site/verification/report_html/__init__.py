"""The report of a verification as HTML, written by functions and not by a template.

The report has some twenty checks with their facts: three thousand pieces of text, for which a template asks the same questions again
each time. It is made anew for every document, because nothing of a visitor's document is kept, and so it has to be quick
(decision 0061). What is rarely there (how it was earned, what is inside) is written by templates all the same.

Everything that comes from a document goes through `elements.text` or `elements.shortened`; words of ours are in `words`.
"""
