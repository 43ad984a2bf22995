"""Which shapes of the language the form knows, and how each is read from plain values and written into the text. No Django.

Reading gives the form's fields and the names of what they leave alone (`rest`); writing changes what differs and nothing else, so that
comments, order and quotes of everything else stay. What was read and not changed is not written.
"""
