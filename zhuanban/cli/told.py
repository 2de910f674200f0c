"""What a history and an item of the inbox say as text: the same as their JSON, already masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from zhuanban.core.day import iso, minute
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.turning import Turn
from zhuanban.pack.values import SAME, FieldType, Ledger
from zhuanban.people.queries import Setting
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.out import writer


def history_lines(viewer: Viewer, ledger: Ledger, said: Mapping[str, Any]) -> Iterator[str]:
    """Each event with what it changed, from what to what, why, and the sheet that it came from."""
    here, before = viewer.setting, _before(said["events"])
    values = [event.get("fields", {}) for event in said["events"]]
    writers = field_writers(viewer, ledger, values)
    for event in said["events"]:
        yield f"  {event['version']:>3}  {event['on']}  {event['title']}  {event['by']}  （{minute(event['at'])} 登记）"
        if event["counts_on"] != event["on"]:
            yield f"       改期：现算在 {event['counts_on']}"
        old = before[event["version"]]
        for key, title, value in (
            ("state", "状态", _state(event)),
            ("region", "区划", event.get("region_name")),
            ("unit", "单位", event.get("unit_name")),
        ):
            if value is not None:
                yield f"       {title}：{_change(old.get(key), value)}"
        for key, value in event.get("fields", {}).items():
            field = ledger.fields.get(key)
            write = writers.get(key, str)
            was = old.get(f"fields/{key}")
            now = "（空）" if value is None else write(value)
            said_before = write(was) if was is not None else "（空）" if event["verb"] == "amend" else None
            yield f"       {field.title if field else key}：{_change(said_before, now)}"
        if event.get("of"):
            yield f"       所改的事件：第 {event['of']} 号"
        if event.get("reason"):
            yield f"       理由：{event['reason']}"
        if where := source_text(event.get("source", {})):
            yield f"       来源：{where}"
        yield from (f"       提示：{flag}" for flag in event.get("flags", ()))
        for key, title in (("alike", "照片相同或近似的条目"), ("likely", "可能是同一件的条目")):
            if others := event.get(key):
                yield f"       {title}：{'、'.join(_named(here, other) for other in others)}"


def field_writers(
    viewer: Viewer, ledger: Ledger, values: Iterable[Mapping[str, Any]]
) -> dict[str, Callable[[Any], Value]]:
    """How the fields of these records are written: as in a sheet, and links with the name beside the number."""
    values = list(values)
    found = {key: writer(field, viewer.setting.units) for key, field in ledger.fields.items()}
    for key, field in ledger.fields.items():
        numbers = {number for each in values for number in _listed(each.get(key))} if field.ledger else set()
        if field.type is FieldType.LINK and numbers:
            names = viewer.called(viewer.setting.pack.ledgers[field.ledger], numbers)
            found[key] = _link_writer(names)
    return found


def turn_line(here: Setting, turn: Turn) -> str:
    """What a day brought to a record by itself."""
    ledger = here.pack.ledgers[turn.ledger]
    write = writer(ledger.fields[turn.field], here.units)
    was, now = ("（空）" if value is None else write(value) for value in (turn.was, turn.now))
    return f"{iso(turn.on)}  {ledger.title} {turn.number}  {ledger.fields[turn.field].title}：{was} → {now}"


def _link_writer(names: Mapping[str, str]) -> Callable[[Any], Value]:
    return lambda value: "、".join(f"{each} {names.get(each, '')}".rstrip() for each in _listed(value))


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)] if value else []


def _named(here: Setting, other: Mapping[str, str]) -> str:
    return f"{here.pack.ledgers[other['ledger']].title} {other['number']}"


def _state(event: Mapping[str, Any]) -> str | None:
    """The state to which an event leads; None where it leaves the state alone."""
    to = event.get("to", SAME)
    return None if to == SAME else str(to)


def _change(was: object, now: object) -> str:
    return f"{now}" if was in (None, "") else f"{was} → {now}"


def _before(events: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Version → what stood before that event, in the order in which the events count."""
    found: dict[int, dict[str, Any]] = {}
    stands: dict[str, Any] = {}
    for event in sorted(events, key=lambda e: (e["counts_on"], e["version"])):
        found[event["version"]] = dict(stands)
        if to := _state(event):
            stands["state"] = to
        for key in ("region", "unit"):
            if key in event:
                stands[key] = event[f"{key}_name"]
        stands |= {f"fields/{key}": value for key, value in event.get("fields", {}).items()}
    return found


def waiting_lines(here: Setting, item: Mapping[str, Any]) -> Iterator[str]:
    """An item of the inbox: what of, who sent it when, where it stands in which file, and why it did not enter."""
    ledger = here.pack.ledgers.get(item["ledger"])
    title = ledger.title if ledger is not None else item["ledger"]
    yield f"{item['id']:>6}  {title}　{item['number'] or '（尚无编号）'}　{item['by']} 于 {minute(item['at'])} 报送"
    place = "　".join(
        tree.name(item[key]) for key, tree in (("region", here.regions), ("unit", here.units)) if item[key]
    )
    origin = source_text(item["source"]) or "不是表格，逐条报送"
    yield f"        来源：{origin}{f'　{place}' if place else ''}"
    for problem in item["problems"]:
        yield f"        {problem['says']}{problem['advice']}"


def source_text(source: Mapping[str, Any]) -> str:
    """File, sheet and row, as far as they are known."""
    parts = [str(source["file"])] if source.get("file") else []
    if source.get("sheet"):
        parts.append(f"工作表“{source['sheet']}”")
    if source.get("row"):
        parts.append(f"第{source['row']}行")
    return " ".join(parts)
