"""All that can be altered behind the door, looked through at once."""

from __future__ import annotations

from collections.abc import Sequence

from zhuanban.core.problem import Problem
from zhuanban.ledger.rules import Transition
from zhuanban.ledger.verify import verify, verify_chains
from zhuanban.people.models import Campaign
from zhuanban.people.queries import altered_pack, setting
from zhuanban.tally import problems as says
from zhuanban.tally.actions import Recount, measure_ids
from zhuanban.tally.differences import differences


def verify_campaign(campaign: Campaign) -> list[Problem]:
    """All that was altered behind the door: pack, chains, records, seals, sums. The events are read once.

    Where the pack or a chain is broken nothing says what the sums ought to be: that they were left out is told.
    """
    altered = altered_pack(campaign)
    if altered is not None:
        return [altered, *verify_chains(campaign), says.NOT_COMPARED.at(campaign=campaign.name)]
    here = setting(campaign)
    recount = Recount(here)
    whole = True

    def count(transitions: Sequence[Transition] | None) -> None:
        nonlocal whole
        if transitions is None:
            whole = False
        else:
            recount.take(transitions)

    problems = list(verify(here, count))
    if not whole:
        return [*problems, says.NOT_COMPARED.at(campaign=campaign.name)]
    return [*problems, *differences(here, measure_ids(here), recount.sums())]
