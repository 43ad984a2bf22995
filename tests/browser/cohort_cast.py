"""Thirty learners of *Responsible AI at work*: who they are, what they hand in, and how it is judged. All invented.

Levels are numbers: 0 not shown yet, 1 shown in part, 2 shown, 3 shown and beyond, for the criteria risks, test,
decision, clarity.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

CRITERIA = ("risks", "test", "decision", "clarity")
LEVELS = ("missing", "partly", "shown", "beyond")
Levels = tuple[int, int, int, int]

_LIST = """
        Amara Nwosu, 김도현, Lena Fischer, أمل حداد, Mateo Álvarez, 이수빈,
        Sana Qureshi, Tomasz Wójcik, 박지호, Oisín Byrne, Chloé Martin, Nguyễn Minh Anh,
        정유나, Björn Lindqvist, Fatou Diallo, 최현우, Elif Yılmaz, Rafael Souza,
        한예린, Nora Haugen, Ivana Horváthová, 윤서준, Kwame Mensah, Giulia Ricci,
        임채원, Arjun Mehta, Zuzana Králová, 송민재, Leila Farahani, Pádraig Nolan
"""
_NAMES = tuple(name.strip() for name in _LIST.split(","))
FAILING = frozenset({7, 18})
MODERATED = frozenset({4, 11, 22})
APPEALING = 14
SHOWN = 0
"""Whose credential is claimed, published, downloaded and verified."""

_SYSTEMS = (
    "sorts incoming letters of a housing office",
    "proposes rosters for a hospital ward",
    "ranks applications for a grant",
    "translates notices for parents",
    "flags invoices that look unusual",
    "predicts which buses will need repair",
    "answers questions about building permits",
    "summarises minutes of a council",
    "estimates how long a repair will take",
    "suggests books to readers of a library",
)
_HARMS = (
    "tenants with short letters wait longest",
    "nurses on leave are given nights",
    "new associations are ranked last",
    "a date is translated into the wrong calendar",
    "small firms are asked for papers they do not have",
    "old lines are repaired first and new ones break",
    "a refusal sounds like an approval",
    "what one member said is put into another's mouth",
    "remote villages are promised too much",
    "children are shown what adults read",
)
_TESTS = (
    "two hundred cases of last spring, judged by two people who did not know the system's answer",
    "every tenth case of a week, with the error of each group apart",
    "the fifty hardest cases that the office remembers",
    "a trial beside the old way for a month, counting what had to be corrected",
    "made-up cases that differ in one word only",
    "the cases of the two smallest districts, which the training data hardly hold",
)
_LIMITS = (
    "five in a hundred",
    "no group worse than twice the best",
    "nothing that cannot be taken back within a day",
    "fewer corrections than today",
)
_UNKNOWN = (
    "who labelled the first data",
    "what the maker changed last month",
    "how often people simply agree with it",
    "what it costs those who never complain",
)


@dataclass(frozen=True)
class Person:
    """One learner. `report` and `talk` are the levels that assessors choose, `validator` those of the validator
    from industry."""

    number: int
    name: str
    email: str
    language: str
    report: Levels
    talk: Levels
    validator: Levels
    text: str = field(repr=False)
    decision: str = field(repr=False)

    @property
    def opening(self) -> str:
        """The first line of the report: in no other's, so that the work is known where no name is shown."""
        return self.text.split("\n", 1)[0]

    def peers(self, reviewer: int) -> Levels:
        """What a reviewing learner chooses for this report: the truth, but for a slip by one level in one criterion now and then.
        Whoever reviews whom, no slips together make a dispute (tests/site/assessment/test_story.py)."""
        if self.number == APPEALING:
            return (2, 2, 2, 2)
        draw = random.Random(1000 * self.number + reviewer)
        near = list(self.report)
        slip = draw.randrange(len(near))
        near[slip] = min(3, max(0, near[slip] + draw.choice((0, 0, 1, -1))))
        risks, test, decision, clarity = near
        return risks, test, decision, clarity


def people(count: int = 30) -> list[Person]:
    return [_person(number) for number in range(count)]


def _person(number: int) -> Person:
    draw = random.Random(number)
    report: Levels = (2, 2 + number % 2, 2, 2 + (number % 5 == 0))
    talk: Levels = (2, 2, 2 + (number % 3 == 0), 2)
    validator: Levels = (2, 2, 2, 2)
    if number in FAILING:
        report = talk = validator = (0, 1, 0, 1)
    elif number in MODERATED:
        talk, validator = (3, 3, 3, 3), (1, 2, 1, 2)
    elif number == APPEALING:
        report = (0, 2, 2, 2)
    name = _NAMES[number]
    korean = any("가" <= letter <= "힣" for letter in name)
    system, harm = draw.choice(_SYSTEMS), draw.sample(_HARMS, 3)
    text = (
        f"The system {system}. It is used by {draw.randrange(4, 60)} people, "
        f"and it concerns about {draw.randrange(2, 90) * 100} a year.\n\n"
        f"The gravest risk is that {harm[0]}: in the {draw.choice(('archive', 'register', 'complaints'))} of {2018 + number % 7} there are "
        f"{draw.randrange(6, 80)} such cases. It is also likely that {harm[1]}, because {draw.choice(_UNKNOWN)} is not written down. "
        f"Rarely, but with heavy consequences, {harm[2]}.\n\n"
        f"I would test it with {draw.choice(_TESTS)}. It is good enough when the errors stay at {draw.choice(_LIMITS)}; "
        f"on {draw.randrange(40, 400)} cases that can be told from chance.\n\n"
        f"I could not find out {draw.choice(_UNKNOWN)}. I asked on {1 + draw.randrange(28)} October and had no answer.\n"
    )
    use = draw.choice(("a first sorting", "proposals that a person confirms", "the simple half of the cases"))
    condition = draw.choice(
        (
            "those affected are told",
            "every refusal is looked at by a person",
            "the error of each group is published each quarter",
        )
    )
    decision = (
        f"It may be used for {use}, on condition that {condition}. If {harm[0]} more often than {draw.choice(_LIMITS)}, "
        f"it is switched off. Number {number + 1}.\n"
    )
    return Person(
        number,
        name,
        f"cohort-{number + 1:02d}@learners.example",
        "ko" if korean else "en",
        report,
        talk,
        validator,
        text,
        decision,
    )
