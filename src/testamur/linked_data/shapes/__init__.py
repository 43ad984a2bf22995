"""Compiled shapes: the canonical form of documents that differ in a few texts, worked out once.

The credentials of one achievement version differ in a name, a hash, an id, some dates. Expanding and canonicalising each of them from
nothing finds the same statements a thousand times. A shape is found by running the complete path once with every text marked (`tracing`);
what comes out is compiled into byte templates (`plan`); after that a document costs what its holes cost.

Three things to remember: a shape gives exactly the bytes of the complete path or says that it does not cover the document (`Unshaped`);
it never guesses; and what looks like a detail of the values (labels of blank nodes, the order of statements, two values that are equal) is
worked out for each document.
"""

from testamur.linked_data.shapes.cache import Counts, ShapeCache
from testamur.linked_data.shapes.shape import Shape, compile_shape
from testamur.linked_data.shapes.skeleton import Unshaped, skeleton, with_texts

__all__ = ["Counts", "Shape", "ShapeCache", "Unshaped", "compile_shape", "skeleton", "with_texts"]
