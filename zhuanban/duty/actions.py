"""Writes of duties: each step of a report, through the one door.

A report is found by what it answers (duty, unit, period), never by a number that somebody types. What the door would
refuse is refused here with its problems and leaves nothing in the inbox: a step is pressed again, it is no data.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhuanban.core import clock
from zhuanban.core.day import day_of, iso, minute
from zhuanban.core.faults import reason
from zhuanban.core.problem import Place, Problem, Refused, choices
from zhuanban.duty import problems as says
from zhuanban.duty.figures import frozen
from zhuanban.duty.forms import fill_form
from zhuanban.duty.proof import prove
from zhuanban.duty.queries import board
from zhuanban.duty.rules import Item, before_issue, limit_of
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Change, Outcome, Step
from zhuanban.ledger.door import enter_or_refuse
from zhuanban.ledger.problems import NOT_THERE
from zhuanban.ledger.queries import Viewer
from zhuanban.pack import duty_ledger as words
from zhuanban.pack.say_duty import say_assumed
from zhuanban.pack.values import Duty

YEARS_AHEAD = 3 * 366  # days: an extension may be asked for long before


@dataclass(frozen=True, slots=True)
class Target:
    """The report that a step is for: who answers what."""

    duty: str  # key or title
    unit: str  # short name, name or code
    period: str
    record: str = ""  # where every record of a ledger asks for its own report


def find(viewer: Viewer, target: Target | Item) -> Item:
    """What the target owes, due or coming. Raises Refused with every word that names nothing."""
    if isinstance(target, Item):
        return target
    duty = duty_named(viewer, target.duty)
    now = clock.now() // 1_000_000
    owed = board(viewer, now, duty.key, YEARS_AHEAD).items
    codes = set(viewer.setting.units.find(target.unit, day_of(clock.now())))
    mine = [item for item in owed if item.unit in codes]
    if not mine and not codes:
        raise Refused(says.NO_SUCH_UNIT.at(unit=target.unit))
    for item in mine:
        if item.due.period == target.period and item.about == target.record:
            return item
    if target.record or any(item.about for item in mine):
        known = [item.about for item in mine if item.due.period == target.period]
        what = "要报的条目"
    else:
        known, what = [item.due.period for item in mine], "要报的期次"
    advice = f"{what}：{'、'.join(known[-12:])}。" if known else "请核对报送任务、单位和期次。"
    raise Refused(says.NOT_OWED.at(unit=target.unit, duty=duty.title, period=f" {target.period} ", hint=advice))


def find_numbered(viewer: Viewer, duty: str, number: str) -> Item:
    """What is owed under this number. Raises Refused; absent and out of reach look the same."""
    asked = duty_named(viewer, duty)
    now = clock.now() // 1_000_000
    for item in board(viewer, now, asked.key, YEARS_AHEAD).items:
        if item.number == number:
            return item
    raise Refused(NOT_THERE.at(Place(record=number)))


def duty_named(viewer: Viewer, name: str) -> Duty:
    """The duty of that key or title. Raises Refused."""
    duties = viewer.setting.pack.duties
    for duty in duties.values():
        if name in (duty.key, duty.title):
            return duty
    raise Refused(says.NO_DUTY.at(duty=name, known=choices({d.key: d.title for d in duties.values()})))


# Steps of a report ----------------------------------------------------------------------------------------------------


def fill(
    viewer: Viewer,
    target: Target | Item,
    *,
    day: int | None = None,
    zero: bool = False,
    files: Sequence[Path] = (),
    kept: Sequence[Mapping[str, str]] = (),
    fields: Mapping[str, Any] | None = None,
) -> Outcome:
    """Fill a report from the ledgers as of a day (default today) and freeze its figures; or say that there is nothing.

    `files` are brought with it; `kept` were brought before (`{"sha256", "name"}`).

    Filling again, before it is sent or after it was returned, replaces the figures and voids the signature.
    The outcome's problems are warnings: where a form does not agree with the list that it must agree with, and figures
    without proof. The report keeps them, and goes only with an explanation (see `send`).
    """
    item = find(viewer, target)
    duty, setting, today = item.duty, viewer.setting, clock.today()
    day = today if day is None else day
    if day > today:
        raise Refused(says.TOMORROW.at(day=iso(day)))
    forms = [fill_form(viewer, form, item, day) for form in duty.forms]
    rows = sum(len(form.rows) for form in forms)
    wrong = []
    if zero and not duty.zero:
        wrong.append(says.NO_ZERO.at(duty=duty.title))
    elif zero and rows:
        named = "、".join(form.title for form in forms if form.rows)
        wrong.append(says.NOT_NOTHING.at(day=iso(day), n=rows, forms=named))
    elif duty.forms and duty.zero and not zero and not rows:
        wrong.append(says.NOTHING_TO_REPORT.at(day=iso(day)))
    elif not duty.forms and not zero and not files and not kept:
        wrong.append(says.FILE_NEEDED.at(duty=duty.title))
    if wrong:
        raise Refused(wrong)
    said: dict[str, Any] = {**(fields or {}), "as_of": iso(day), "zero": "是" if zero else "否"}
    if duty.stamp:
        said["rows"] = rows
    user = viewer.actor.user_id
    said["figures"] = [keep(setting.campaign, frozen(setting, item, day, zero, forms), f"{item.number}-数据.txt", user)]
    attached: list[Mapping[str, str]] = list(kept)
    warnings: list[Problem] = []
    for form in forms:
        if form.if_any and not form.rows:
            continue
        books = form.write()
        attached += [keep(setting.campaign, content, name, user) for name, content in books.named(form.title)]
        warnings += books.warnings
    attached += _brought(viewer, files)
    if duty.proof is not None:
        proof = prove(setting, item, duty.proof, day)
        attached.append(keep(setting.campaign, proof.listing(), f"{item.number}-佐证清单.csv", user))
        warnings += proof.missing
    if duty.explains:
        said |= {words.DOUBTS: "\n".join(map(str, warnings)) or None, words.EXPLAINED: None}
    said["files"] = attached
    return _step(viewer, item, words.FILL, said)._replace(problems=tuple(warnings))


def stamp(
    viewer: Viewer, target: Target | Item, rows: int, files: Sequence[Path] = (), kept: Sequence[Mapping[str, str]] = ()
) -> Outcome:
    """Take back the stamped sheet as a scan, with how many rows it says.

    The outcome's problems are warnings: where the scan says another number than the figures that were reported.
    """
    item = find(viewer, target)
    if not item.duty.stamp:
        raise Refused(says.NO_FORM_STEP.at(duty=item.duty.title, step=words.STAMP))
    said = {"scan": [*kept, *_brought(viewer, files)], "scan_rows": rows}
    outcome = _step(viewer, item, words.STAMP, said)
    was = find(viewer, target).data.get("rows")
    warnings = (says.STAMP_DIFFERS.at(rows=rows, was=was),) if rows != was else ()
    return outcome._replace(problems=warnings)


def sign(viewer: Viewer, target: Target | Item, signer: str = "") -> Outcome:
    """Sign by the acting person's own name; at the machine itself the name is said."""
    name = signer if viewer.actor.operator else (viewer.actor.title or viewer.actor.login)
    if not name:
        raise Refused(says.NO_SIGNER.at())
    return _step(viewer, find(viewer, target), words.SIGN, {"signer": name})


def send(viewer: Viewer, target: Target | Item, receipt: str = "", reason: str = "") -> Outcome:
    """Send. Where another office's channel carries it, with that channel's receipt.

    What did not agree with its list, or has no proof, is explained by `reason`. Raises Refused with all of it else.
    """
    item = find(viewer, target)
    said = {words.receipt(0): receipt} if receipt else {}
    doubts = str(item.data.get(words.DOUBTS) or "").splitlines()
    if doubts and not reason.strip():
        raise Refused(says.UNEXPLAINED.at(Place(record=item.number), doubt=doubt) for doubt in doubts)
    if doubts:
        said[words.EXPLAINED] = reason.strip()
    return _step(viewer, item, words.SEND, said, reason.strip())


def send_back(viewer: Viewer, target: Target | Item, reason: str) -> Outcome:
    """Return a report with the reason."""
    return _step(viewer, find(viewer, target), words.RETURN, reason=reason)


def take(viewer: Viewer, target: Target | Item) -> Outcome:
    """Accept a report: its figures stay as they are, whatever happens to the ledgers."""
    return _step(viewer, find(viewer, target), words.TAKE)


def deliver(viewer: Viewer, target: Target | Item, to: str, receipt: str, reason: str = "") -> Outcome:
    """Enter the receipt of one addressee. One that is there already is changed only with a reason."""
    item = find(viewer, target)
    everyone = words.addressees(item.duty)
    if to not in everyone:
        raise Refused(says.NO_COPY.at(unit=to, known="、".join(everyone)))
    key = words.receipt(everyone.index(to))
    known = item.data.get(key)
    if known and known != receipt and not reason:
        raise Refused(says.DELIVERED.at(unit=to, known=known))
    return _step(viewer, item, words.DELIVER, {key: receipt}, reason)


def ask_extension(viewer: Viewer, target: Target | Item, until: int, reason: str) -> Outcome:
    """Ask for a later deadline, before the present one has passed."""
    item = find(viewer, target)
    if clock.now() // 1_000_000 > item.limit:
        raise Refused(says.TOO_LATE_TO_EXTEND.at(due=_said(item.limit)))
    _later(item, until)
    return _step(viewer, item, words.ASK, {"wanted_due": iso(until)}, reason)


def grant_extension(viewer: Viewer, target: Target | Item, reason: str, until: int | None = None) -> Outcome:
    """Approve what was asked for, or another later day."""
    item = find(viewer, target)
    wanted = _asked(viewer, item)
    day = iso(until) if until is not None else wanted
    if until is not None:
        _later(item, until)
    return _step(viewer, item, words.GRANT, {"granted_due": day}, reason)


def refuse_extension(viewer: Viewer, target: Target | Item, reason: str) -> Outcome:
    """Do not approve: the deadline stays."""
    item = find(viewer, target)
    _asked(viewer, item)
    return _step(viewer, item, words.REFUSE, reason=reason)


def make_up(viewer: Viewer, target: Target | Item, until: int, reason: str) -> Outcome:
    """Set a make-up date where the printed deadline lay before the document; both stay visible."""
    item = find(viewer, target)
    if not before_issue(item.due, viewer.setting.pack.issued):
        raise Refused(says.NOT_BEFORE_ISSUE.at(due=_said(item.limit)))
    _later(item, until)
    return _step(viewer, item, words.MAKE_UP, {"makeup_due": iso(until)}, reason)


def answer(viewer: Viewer, duty: str, word: str, reason: str, *, until: int | None = None, to: str = "") -> Outcome:
    """Answer what the document does not print: confirm what is assumed, or say another last day, another addressee."""
    asked = duty_named(viewer, duty)
    if word not in asked.assumed:
        known = "、".join(f"{each}（{say_assumed(each)}）" for each in asked.assumed) or "（无）"
        raise Refused(says.NO_QUESTION.at(duty=asked.title, word=word, known=known))
    said: dict[str, Any] = {}
    if until is not None and word == "until":
        said["until"] = iso(until)
    if to and word == "to":
        said["to"] = to
    if (until is not None or to) and not said:
        raise Refused(says.ANSWER_NEEDED.at(word=word, what="与它相符的内容"))
    number = f"{asked.key}-{word}"
    ledger = viewer.ledger(words.ANSWERS)
    known_already = viewer.records(ledger).filter(number=number).exists()
    step = (
        Step("move", move=words.ANSWER_AGAIN, set=said, reason=reason)
        if known_already
        else Step("create", move=words.ANSWER, set={"duty": asked.key, "word": word, **said}, reason=reason)
    )
    return enter_or_refuse(viewer.setting.campaign, Change(_id(), words.ANSWERS, (step,), number), viewer.actor)


# Parts ----------------------------------------------------------------------------------------------------------------


def _step(viewer: Viewer, item: Item, move: str, said: Mapping[str, Any] | None = None, reason: str = "") -> Outcome:
    """One step of a report; the first of all opens its record."""
    ledger = viewer.ledger(item.duty.ledger)
    if move not in ledger.moves:
        raise Refused(says.NO_FORM_STEP.at(duty=item.duty.title, step=move))
    steps = [Step("move", move=move, set=dict(said or {}), reason=reason)]
    if not item.state:
        region = viewer.setting.units.nodes[item.unit].region
        place = region if region in viewer.setting.regions else viewer.setting.regions.root
        steps.insert(0, Step("create", move=words.OPEN, region=place, unit=item.unit))
    return enter_or_refuse(viewer.setting.campaign, Change(_id(), ledger.key, tuple(steps), item.number), viewer.actor)


def _brought(viewer: Viewer, files: Sequence[Path]) -> list[Mapping[str, str]]:
    """The files, kept as evidence. Raises Refused for one that cannot be read."""
    kept: list[Mapping[str, str]] = []
    for path in files:
        try:
            with path.open("rb") as stream:
                kept.append(keep(viewer.setting.campaign, stream, path.name, viewer.actor.user_id))
        except OSError as why:
            raise Refused(says.FILE_UNREADABLE.at(Place(file=str(path)), why=reason(why))) from why
    return kept


def _id() -> str:
    return f"duty-{secrets.token_hex(12)}"


def _asked(viewer: Viewer, item: Item) -> str:
    """The day that was asked for and not decided yet. Raises Refused where there is none."""
    record = viewer.records(viewer.ledger(item.duty.ledger)).filter(number=item.number).first()
    wanted = record.data.get("wanted_due") if record is not None else None
    if not wanted:
        raise Refused(says.NOTHING_ASKED.at())
    return str(wanted)


def _later(item: Item, day: int) -> None:
    if limit_of(day, item.duty.rhythm.minute) <= item.limit:
        raise Refused(says.NOT_LATER.at(day=iso(day), due=_said(item.limit)))


def _said(at: int) -> str:
    return minute(at * 1_000_000)
