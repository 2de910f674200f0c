"""What is no defect of a pack, but worth a look: stages that began before the papers that order them, and what a
printed rubric leaves open."""

from __future__ import annotations

from zhuanban.core.day import iso
from zhuanban.core.problem import Problem
from zhuanban.pack import problems
from zhuanban.pack.card_notes import card_notes
from zhuanban.pack.values import Pack


def notes(pack: Pack) -> list[Problem]:
    """One note for each stage that began before one of the campaign's papers, with the day of each such paper; then
    those on scorecards."""
    dated = [(f"“{basis.title}”{iso(basis.on)}印发", basis.on) for basis in pack.basis if basis.on is not None]
    dated += [(f"本文件{iso(pack.issued)}发文", pack.issued)] if pack.issued is not None else []
    dated += [(f"本文件{iso(pack.printed)}印发", pack.printed)] if pack.printed is not None else []
    found = []
    for stage in pack.stages.values():
        later = [said for said, day in dated if stage.start is not None and stage.start < day]
        if later and stage.start is not None:
            words = {"stage": stage.title, "start": iso(stage.start), "later": "、".join(later)}
            found.append(problems.BEFORE_PAPER.at(stage.at, **words))
    return [*found, *card_notes(pack)]
