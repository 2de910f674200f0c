"""Who listens to whom, in one place."""

from __future__ import annotations

from zhuanban.duty import forms
from zhuanban.duty.lists import judge
from zhuanban.ledger import door
from zhuanban.notify import alarms
from zhuanban.people import actions as people
from zhuanban.project.report_forms import fill_report_form
from zhuanban.tally import reports
from zhuanban.tally.actions import follow_door, follow_tree


def connect() -> None:
    """Give the door and the tree their followers, reports who fills their forms, lists who judges reports; once."""
    if follow_door not in door.followers:
        door.followers.append(follow_door)
    if alarms.follow_door not in door.followers:
        door.followers.append(alarms.follow_door)
    if follow_tree not in people.tree_followers:
        people.tree_followers.append(follow_tree)
    if fill_report_form not in forms.fillers:
        forms.fillers.append(fill_report_form)
    if judge not in reports.judges:
        reports.judges.append(judge)
