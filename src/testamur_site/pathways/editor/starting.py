"""Texts to begin with. Each is a small programme that holds for somebody, and says in comments what to put in. No Django."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD = """\
language: testamur-programme/1
id: {id}
version: "{version}"
title: {{en: {title_en}, ko: {title_ko}}}
awarding_body: {did}
unit: credits
unstated_unit: credits
reevaluation:
  grace: 30 days
  text: {{en: "Another credential may take its place within thirty days.", ko: "30일 안에 다른 자격증명으로 보완할 수 있습니다."}}
"""

_SET = """\
requires:
  name: microdegree
  all:
    # Open this requirement and choose the micro-credentials.
    - name: required
      title: {en: Required micro-credentials, ko: 필수 마이크로크리덴셜}
      from: {issuer: {list: awarding_body}}
      count: 2
    - name: elective
      title: {en: One of your choice, ko: 선택 하나}
      count: 1
"""

_CREDITS = """\
requires:
  name: microdegree
  title: {en: Fifteen credits, ko: 15학점}
  credits: 15
  including:
    - {name: residency, where: {issuer: {list: awarding_body}}, share: 50%}
  at_most:
    - {name: credits from elsewhere, where: {source: transferred}, credits: 6}
  all:
    - name: field
      title: {en: In the field of the microdegree, ko: 해당 분야}
      credits: 9
    - name: free choice
      title: {en: Free choice, ko: 자유 선택}
      credits: 6
"""

_TRACKS = """\
requires:
  name: microdegree
  distinct: {of: issuer, at_least: 2}
  all:
    - name: foundations
      title: {en: Foundations, ko: 기초}
      count: 1
    - name: specialisation
      title: {en: One specialisation, ko: 세부 전공 하나}
      choose:
        at_least: 1
        of:
          - name: first specialisation
            title: {en: First specialisation, ko: 첫째 세부 전공}
            count: 2
          - name: second specialisation
            title: {en: Second specialisation, ko: 둘째 세부 전공}
            count: 2
    - name: final project
      title: {en: Final project, ko: 최종 프로젝트}
      count: 1
      after: [foundations, specialisation]
"""

STARTS = {"set": _SET, "credits": _CREDITS, "tracks": _TRACKS}


@dataclass(frozen=True, slots=True)
class About:
    """What a text says of its programme: the microdegree's titles, its version's number, and the institution's DID."""

    title_en: str
    title_ko: str
    version: int
    did: str


def starting(key: str, about: About) -> str:
    """The text to begin with. Raises KeyError for a name that is none of STARTS."""
    title = about.title_en or about.title_ko or "Microdegree"
    head = _HEAD.format(
        id=re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "microdegree",
        version=about.version,
        title_en=_quoted(title),
        title_ko=_quoted(about.title_ko or title),
        did=_quoted(about.did),
    )
    return head + STARTS[key]


def _quoted(text: str) -> str:
    """A text between double quotes, in which nothing means something."""
    kept = "".join(char for char in text if char.isprintable()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{kept}"'


PARTS: dict[str, str] = {
    "id": "id: microdegree\n",
    "version": 'version: "1"\n',
    "awarding_body": "awarding_body: did:web:university.example\n",
    "description": "description: {en: What the microdegree is for., ko: 마이크로디그리의 취지}\n",
    "sources": "sources: [https://university.example/rules]\n",
    "recorded_on": "recorded_on: [https://registry.example/microdegree]\n",
    "scales": "scales:\n  letter: {F: 0, C: 2, B: 3, A: 4}\n",
    "lists": "lists:\n  partners: [did:web:partner.example]\n",
    "values": "values:\n  least:\n    - {when: {fact: {name: began, before: 2026-09-01}}, is: 6}\n    - {is: 9}\n",
    "conversions": "conversions:\n  - {from: hours, to: credits, factor: 0.04}\n",
    "counts_if": "counts_if:\n  - {name: not older than five years, where: {awarded: {from: decision - 5 years}}}\n",
    "equivalent": "equivalent:\n  - {name: statistics, achievements: [STAT-A, STAT-B]}\n",
    "substitutions": (
        "substitutions:\n"
        "  - {name: industry certificate, for: PROG, accept: {achievement: VENDOR}, approval: head of programme}\n"
    ),
    "overlap": "overlap:\n  - {name: overlap with the major, with: {kind: major}, credits: 3}\n",
    "consume_on_use": "consume_on_use: true\n",
    "overrides": "overrides: {by: [dean], may: [waive, accept, refuse]}\n",
    "claim": "claim:\n  - {name: in time, when: {fact: {name: claimed, until: last_counted + 30 days}}}\n",
    "cancelled_unless": "cancelled_unless:\n  - {name: host degree, when: {fact: {name: host_degree, is: true}}}\n",
    "consequences": (
        "consequences:\n  - {name: waived, when: {fact: {name: awards, at_least: 2}}, text: The fee is waived.}\n"
    ),
    "stages": "stages:\n  - {name: board, by: examination board, review_every: 3 years}\n",
    "withdrawal": "withdrawal:\n  - {as: {en: free elective, ko: 자유선택}}\n",
    "audit": "audit:\n  - {name: large ones, when: {credits: {at_least: 3}}}\n",
    "appeal": "appeal: {within: 30 days, to: the appeals board}\n",
}
"""The parts of a programme that only the text shows, each with an example to begin with."""
