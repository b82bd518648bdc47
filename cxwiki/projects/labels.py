"""What stages, decisions and money are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from cxwiki.projects.models import BudgetKind, Gate, Light, Project, Stage, Verdict

STAGES = {
    Stage.IDEA: _l("Idea"),
    Stage.RUNNING: _l("Running"),
    Stage.DECISION: _l("Awaiting decision"),
    Stage.SCALED: _l("Scaled"),
    Stage.STOPPED: _l("Stopped"),
}
GATES = {
    Gate.START: _l("Start"),
    Gate.DECISION: _l("Decision"),
}
VERDICTS = {
    Verdict.START: _l("Start it"),
    Verdict.SCALE: _l("Scale"),
    Verdict.ADJUST: _l("Adjust"),
    Verdict.STOP: _l("Stop"),
}
VERDICT_HELP = {
    Verdict.START: _l("It is worth a try, as small as it is planned."),
    Verdict.SCALE: _l("It works: make it part of the daily work."),
    Verdict.ADJUST: _l("Go on, but differently. The project runs again."),
    Verdict.STOP: _l("It does not work, or no longer matters. Keep what was learned."),
}
VERDICT_STATES = {
    Verdict.START: "good",
    Verdict.SCALE: "good",
    Verdict.ADJUST: "attention",
    Verdict.STOP: "bad",
}
LIGHTS = {
    Light.GREEN: _l("on course"),
    Light.AMBER: _l("in danger"),
    Light.RED: _l("off course"),
}
LIGHT_STATES = {Light.GREEN: "good", Light.AMBER: "attention", Light.RED: "bad"}
LEVELS = {1: _l("low"), 2: _l("medium"), 3: _l("high")}
BUDGETS = {
    BudgetKind.PLANNED: _l("Planned"),
    BudgetKind.COMMITTED: _l("Committed"),
    BudgetKind.SPENT: _l("Spent"),
}
COMPARISONS = {"at_least": _l("at least"), "at_most": _l("at most")}
CRITERION_STATES = {
    "met": _l("met"),
    "not_met": _l("not met"),
    "no_data": _l("not enough data"),
    "open": _l("judged by the sponsor"),
}
CRITERION_MARKS = {"met": "good", "not_met": "bad", "no_data": "attention", "open": "proposed"}


def stage_label(project: Project) -> str:
    """What the stage is called: a plain project is simply done, there is nothing to scale."""
    if project.stage == Stage.SCALED and not project.is_poc:
        return str(_l("Done"))
    return str(STAGES[Stage(project.stage)])
