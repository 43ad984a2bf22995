"""Exact and near copies among texts, found by their fingerprints, for a person to look at side by side.

What is found is a likeness of letters. It does not say who wrote first, whether a source was quoted properly, or whether two people
worked together as they were asked to; and it does not see paraphrase, translation or a text that somebody else wrote. So it decides
nothing.
"""

from testamur.assessment.similarity.comparing import Likeness, Passage, digest, similar_pairs

__all__ = ["Likeness", "Passage", "digest", "similar_pairs"]
