"""A signed receipt as its page shows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from testamur.verification import Outcome, Question, Verdict, receipt, sentences


def page(signed: dict[str, Any], own_digest: str) -> dict[str, Any]:
    """The words and values of `signed`, which the deployment has just made; `own_digest` names the receipt file itself."""
    said = receipt.read(signed)
    if said is None:  # our own receipts are receipts
        raise ValueError("not a receipt")
    method = signed["proof"]["verificationMethod"]
    return {
        **in_words(said),
        "id": signed["id"],
        "verifier": signed["issuer"],
        "own_digest": own_digest,
        "method": method,
    }


def in_words(said: dict[str, Any]) -> dict[str, Any]:
    """What `receipt.read` gave, with the words of the active language."""
    language = get_language() or "en"
    verdict = Verdict(said["verdict"])
    # As in the report: valid, but from an issuer for whom nobody known to the verifier vouched, is never green.
    doubted = verdict is Verdict.VALID and said["questions"][Question.ENTITLED] != Outcome.PASSED
    return {
        **said,
        "tone": "quiet" if doubted else verdict.value,
        "verdict_word": sentences.verdict(verdict, language),
        "verdict_sentence": sentences.verdict_explained(verdict, language),
        "questions": [
            {
                "title": sentences.question(question, language),
                "outcome": said["questions"][question.value],
                "codes": said["codes"][question.value],
            }
            for question in Question
        ],
        "recipient_asked": "recipient" in said["asked"],
    }
