"""What next? The cheapest, fastest or lightest way to a goal through a catalogue of micro-credentials.

    question = Question(read_goal(text), read_catalogue(text), case, Constraints(begin, by=…, budget=…), Objective.CHEAPEST)
    planned = plan(question, alternatives=2)       # .plan with the reason of each step, or .none with what to loosen
    what_if(question, other_constraints)           # one constraint otherwise: what changes

`building` and `target` put the question into whole numbers, `search` answers it, `planner` puts the answer into a plan. A programme as
the goal is the engine's own problem of the best assignment, asked of what is held and what could be earned together.
"""

from testamur.pathways.planning.catalogue import (
    CATALOGUE,
    CATALOGUE_SCHEMA,
    Catalogue,
    Offering,
    offering_from,
    read_catalogue,
)
from testamur.pathways.planning.plan import Difference, Loosening, NoPlan, Plan, Planned, Serves, Step, Week
from testamur.pathways.planning.planner import MOST_ALTERNATIVES, plan, what_if
from testamur.pathways.planning.question import (
    GOAL,
    Constraints,
    Goal,
    Objective,
    ProgrammeGoal,
    Question,
    SkillsGoal,
    read_goal,
)
from testamur.pathways.planning.search.patience import Stage, Watch

__all__ = [
    "CATALOGUE",
    "CATALOGUE_SCHEMA",
    "GOAL",
    "MOST_ALTERNATIVES",
    "Catalogue",
    "Constraints",
    "Difference",
    "Goal",
    "Loosening",
    "NoPlan",
    "Objective",
    "Offering",
    "Plan",
    "Planned",
    "ProgrammeGoal",
    "Question",
    "Serves",
    "SkillsGoal",
    "Stage",
    "Step",
    "Watch",
    "Week",
    "offering_from",
    "plan",
    "read_catalogue",
    "read_goal",
    "what_if",
]
