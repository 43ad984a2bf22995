"""Words: a programme read aloud, and a decision explained, in English and Korean.

The model holds values only; sentences are made late, in the reader's language. Text that comes out of a document is shortened
and freed from control and direction characters first, so that it cannot forge our own words.
"""

from testamur.pathways.words.again import again, finding_said, stand_said
from testamur.pathways.words.explaining import explain, headline, names_of
from testamur.pathways.words.plans import PlanWords
from testamur.pathways.words.presenting import to_json, to_text
from testamur.pathways.words.reading_aloud import read_aloud, sentences_of
from testamur.pathways.words.templates import LANGUAGES

__all__ = [
    "LANGUAGES",
    "PlanWords",
    "again",
    "explain",
    "finding_said",
    "headline",
    "names_of",
    "read_aloud",
    "sentences_of",
    "stand_said",
    "to_json",
    "to_text",
]
