"""The rubric of *Responsible AI at work*: four criteria, four levels, by which both tasks are judged."""

from __future__ import annotations

from ..description.elements import Rubric, RubricCriterion, RubricLevel

_SCALE = (
    ("missing", {"en": "Not shown yet", "ko": "아직 미흡"}, "0"),
    ("partly", {"en": "Shown in part", "ko": "일부 충족"}, "1"),
    ("shown", {"en": "Shown", "ko": "충족"}, "2"),
    ("beyond", {"en": "Shown and beyond", "ko": "기대 이상"}, "3"),
)


def _levels(*described: tuple[str, str]) -> tuple[RubricLevel, ...]:
    return tuple(
        RubricLevel(key, name, points, {"en": english, "ko": korean})
        for (key, name, points), (english, korean) in zip(_SCALE, described, strict=True)
    )


RUBRIC = Rubric(
    key="judgement",
    title={"en": "Judging an AI system", "ko": "인공지능 시스템 판단"},
    description={
        "en": "For both tasks. Judge what is handed in, not the system that it is about.",
        "ko": "두 과제에 함께 씁니다. 다루는 시스템이 아니라 제출된 내용을 평가합니다.",
    },
    criteria=(
        RubricCriterion(
            key="risks",
            name={"en": "Risks", "ko": "위험"},
            description={
                "en": "Are the gravest risks found, and is it shown why they are grave here?",
                "ko": "가장 심각한 위험을 찾아내고, 여기서 왜 심각한지 보여 줍니까?",
            },
            outcomes=("o1",),
            weight="2",
            must_pass="partly",  # noqa: S106 - a level, not a password
            levels=_levels(
                (
                    "Risks are named in general words that would fit any system, or nobody who is affected is named.",
                    "어떤 시스템에나 들어맞는 일반적인 말로 위험을 적었거나, 영향을 받는 사람이 나오지 않습니다.",
                ),
                (
                    "At least one risk is tied to this task and to people who are affected; the others stay general.",
                    "적어도 한 가지 위험은 이 업무와 영향을 받는 사람에 연결되어 있으나, 나머지는 일반적인 서술에 그칩니다.",
                ),
                (
                    "Three risks are tied to this task, each with an example and with what makes it likely.",
                    "세 가지 위험이 모두 이 업무와 연결되어 있고, 각각 사례와 일어나기 쉬운 까닭이 있습니다.",
                ),
                (
                    "Besides, the risks are weighed against each other, and it is said which one nobody would notice.",
                    "나아가 위험의 경중을 서로 견주고, 아무도 알아차리지 못할 위험이 무엇인지 밝힙니다.",
                ),
            ),
        ),
        RubricCriterion(
            key="test",
            name={"en": "Test", "ko": "시험"},
            description={
                "en": "Would the test show that the system is not good enough, if it were not?",
                "ko": "시스템이 충분하지 않을 때 이 시험이 그것을 드러낼 수 있습니까?",
            },
            outcomes=("o2",),
            weight="2",
            levels=_levels(
                (
                    "There is no test, or every system would pass it.",
                    "시험이 없거나, 어떤 시스템이라도 통과할 시험입니다.",
                ),
                (
                    "Data or measure are named, but no threshold, or the data do not come from this task.",
                    "데이터나 측정 지표는 있으나 기준값이 없거나, 데이터가 이 업무에서 나온 것이 아닙니다.",
                ),
                (
                    "Data of this task, a measure and a threshold are given, and the threshold has a reason.",
                    "이 업무의 데이터, 측정 지표, 기준값이 있고 기준값의 근거가 있습니다.",
                ),
                (
                    "Besides, it is tested for groups who could fare worse, and it is said how sure the result would be.",
                    "나아가 더 불리할 수 있는 집단을 따로 시험하고, 결과가 얼마나 확실한지 밝힙니다.",
                ),
            ),
        ),
        RubricCriterion(
            key="decision",
            name={"en": "Decision", "ko": "결정"},
            description={
                "en": "Does the decision follow from what was found, and could those affected argue with it?",
                "ko": "결정이 밝혀진 사실에서 나오며, 영향을 받는 사람이 그에 대해 논쟁할 수 있습니까?",
            },
            outcomes=("o3",),
            weight="2",
            must_pass="partly",  # noqa: S106 - a level, not a password
            levels=_levels(
                (
                    "No decision is taken, or it contradicts what was found.",
                    "결정이 없거나, 밝혀진 사실과 어긋납니다.",
                ),
                (
                    "There is a decision with reasons, but objections are not met.",
                    "근거가 있는 결정이 있으나, 반론에 답하지 않습니다.",
                ),
                (
                    "The decision follows from risks and test, states its conditions, and answers two objections.",
                    "결정이 위험과 시험에서 나오고, 조건을 밝히며, 두 가지 반론에 답합니다.",
                ),
                (
                    "Besides, it says what would change it, and how those affected can have it looked at again.",
                    "나아가 무엇이 결정을 바꿀지, 영향을 받는 사람이 어떻게 재검토를 요청할 수 있는지 밝힙니다.",
                ),
            ),
        ),
        RubricCriterion(
            key="clarity",
            name={"en": "Clarity", "ko": "명료함"},
            description={
                "en": "Can somebody follow it who was not there?",
                "ko": "함께하지 않은 사람도 따라갈 수 있습니까?",
            },
            outcomes=("o3",),
            weight="1",
            levels=_levels(
                (
                    "The order has to be guessed, or terms are used that are never explained.",
                    "순서를 짐작해야 하거나, 설명 없이 쓰인 용어가 있습니다.",
                ),
                (
                    "The main line can be followed; some steps or terms are missing.",
                    "큰 줄기는 따라갈 수 있으나, 빠진 단계나 용어가 있습니다.",
                ),
                (
                    "Every step can be followed, terms are explained, sources and tools are named.",
                    "모든 단계를 따라갈 수 있고, 용어를 설명하며, 출처와 도구를 밝힙니다.",
                ),
                (
                    "Besides, it is made for the people it is addressed to: their words, their examples.",
                    "나아가 듣는 사람의 말과 사례로, 그들을 위해 만들었습니다.",
                ),
            ),
        ),
    ),
)
