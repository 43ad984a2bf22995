"""English: which verb an outcome is about, by the six levels of the revised taxonomy (Anderson and Krathwohl 2001)."""

from __future__ import annotations

import re
from collections.abc import Iterator

VERBS: dict[str, tuple[str, ...]] = {
    "remember": (
        "name", "list", "define", "recall", "recognise", "state", "label", "identify", "quote", "recite", "match", "reproduce",
        "locate", "enumerate", "record",
    ),
    "understand": (
        "explain", "describe", "summarise", "paraphrase", "illustrate", "interpret", "translate", "discuss", "outline", "exemplify",
        "infer", "report", "express", "restate", "convey", "present", "trace",
    ),
    "apply": (
        "apply", "use", "solve", "calculate", "carry out", "demonstrate", "operate", "perform", "execute", "implement", "configure",
        "install", "measure", "prepare", "conduct", "run", "administer", "employ", "compute", "practise", "draw", "query", "clean",
        "deploy", "handle", "maintain", "set up", "collect", "communicate", "document", "collaborate", "repair", "test", "visualise",
        "estimate", "schedule", "process", "train", "follow", "convert", "write", "treat", "monitor", "manage",
        "complete", "adapt", "edit", "sketch", "plot", "simulate", "automate",
    ),
    "analyse": (
        "analyse", "compare", "contrast", "distinguish", "differentiate", "classify", "categorise", "examine", "investigate", "diagnose",
        "deconstruct", "organise", "relate", "debug", "audit", "decompose", "derive", "model", "explore", "break down", "profile",
        "structure", "detect", "question", "map",
    ),
    "evaluate": (
        "evaluate", "assess", "judge", "justify", "argue", "critique", "defend", "appraise", "recommend", "review", "validate", "verify",
        "select", "choose", "prioritise", "weigh", "rank", "rate", "decide", "criticise", "conclude", "moderate", "advise", "reflect on",
        "predict", "support",
    ),
    "create": (
        "create", "design", "develop", "build", "compose", "construct", "formulate", "plan", "produce", "propose", "invent", "devise",
        "generate", "integrate", "program", "synthesise", "author", "draft", "engineer", "prototype", "refactor", "combine", "lead",
        "improve", "optimise", "publish", "redesign", "negotiate", "facilitate", "establish",
    ),
}  # fmt: skip
UNOBSERVABLE = (
    "understand", "know", "learn", "appreciate", "comprehend", "grasp", "realise", "aware of", "familiar with", "acquainted with",
    "become familiar with", "become aware of", "gain", "acquire", "believe", "think", "see", "study", "master", "internalise",
    "familiarise", "knowledge of", "an understanding of", "understanding of", "exposed to", "improve understanding of",
)  # fmt: skip
VAGUE_WORDS = (
    "various", "several", "etc", "and so on", "appropriate", "appropriately", "basic understanding", "good understanding", "adequate",
    "adequately", "relevant", "effectively", "efficiently", "as needed", "where necessary", "different kinds of", "a range of",
    "some", "and more", "and others", "related topics", "properly", "sufficient",
)  # fmt: skip

_OPENING = re.compile(
    r"(?:(?:on|upon|after|at the end of)\b[^,]{0,120},\s*)?"
    r"(?:(?:the|a|an|each|every|all)\s+)?(?:(?:successful\s+)?(?:learners?|students?|participants?|graduates?|candidates?|trainees?|you)\s+)?"
    r"(?:(?:will|should|shall|must|can|is|are|be|has|have|to)\s+)*"
    r"(?:able\s+to\s+|the\s+ability\s+to\s+|capable\s+of\s+)?(?:to\s+)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*", re.IGNORECASE)
_JOINED = re.compile(
    r"(?:[,;/&]|\b(?:and|or|then|as well as)\b)\s*(?:(?:and|or|also|then)\s+)*(?=([a-z][a-z'’ -]{1,60}))", re.IGNORECASE
)
# "… and test of hypotheses", "… and design for all": behind a conjunction, a word before one of these is a noun.
_AFTER_A_NOUN = frozenset({"of", "in", "for", "on", "at", "and", "or", "is", "are"})


def _forms(verb: str) -> Iterator[str]:
    head, space, rest = verb.partition(" ")
    heads = {head}
    for one, other in (("ise", "ize"), ("yse", "yze")):
        if head.endswith(one) and len(head) > 5:
            heads.add(head[: -len(one)] + other)
    for form in heads:
        yield form + space + rest
        if form.endswith("y") and form[-2:-1] not in "aeiou":
            yield form[:-1] + "ies" + space + rest
        elif form.endswith(("s", "sh", "ch", "x", "z")):
            yield form + "es" + space + rest
        else:
            yield form + "s" + space + rest
        stem = form[:-1] if form.endswith("e") and not form.endswith("ee") else form
        yield stem + "ing" + space + rest
        if re.search(r"[^aeiou][aeiou][bdglmnprt]$", form):
            yield form + form[-1] + "ing" + space + rest


_VERB_OF = {form: (verb, level) for level, verbs in VERBS.items() for verb in verbs for form in _forms(verb)}
_UNOBSERVABLE_OF = {form: verb for verb in UNOBSERVABLE for form in _forms(verb)}


def observable(text: str) -> tuple[str, str] | None:
    """(verb, level) of the verb that the outcome begins with."""
    return _lookup(_unopened(text))


def unobservable(text: str) -> str:
    """The verb that the outcome begins with, where what it names cannot be observed; else ""."""
    words = _words(_unopened(text))
    while words and words[0].endswith("ly"):  # "fully understand"
        words = words[1:]
    lengths = (3, 2, 1)
    return next((found for n in lengths if (found := _UNOBSERVABLE_OF.get(" ".join(words[:n]), ""))), "")


def further(text: str) -> list[str]:
    """The verbs that stand beside the first one, joined by a comma or a conjunction."""
    found = []
    for joined in _JOINED.finditer(_unopened(text)):
        verb = _lookup(joined[1])
        following = _words(joined[1])[len(_words(verb[0])) :] if verb else []
        if verb and not (following and following[0] in _AFTER_A_NOUN):
            found.append(verb[0])
    return found


def _unopened(text: str) -> str:
    stripped = text.strip(" \t\n•-–—*0123456789.)(")
    opening = _OPENING.match(stripped)
    return stripped[opening.end() :] if opening else stripped


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)[:8]]


def _lookup(text: str) -> tuple[str, str] | None:
    words = _words(text)
    while words and words[0].endswith("ly") and words[0] not in _VERB_OF:  # "critically evaluate"
        words = words[1:]
    return _VERB_OF.get(" ".join(words[:2])) or _VERB_OF.get(" ".join(words[:1]))
