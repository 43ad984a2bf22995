"""The engine: from a programme and a case to the best assignment, and from that to a decision.

`problem` is our own model of the question, in whole numbers and without any solver; `building` makes one from rules and a case;
`solver` hands it to CP-SAT; `deciding` asks it pessimistically and optimistically, because what is not known must decide
nothing.
"""
