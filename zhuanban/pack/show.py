"""The whole pack in Chinese, as a clerk would read it aloud."""

from __future__ import annotations

from collections.abc import Iterator

from zhuanban.core.day import chinese
from zhuanban.core.problem import nested
from zhuanban.pack.frame import Basis, Goal, Stage
from zhuanban.pack.say_card import say_card
from zhuanban.pack.say_duty import say_duty
from zhuanban.pack.say_list import say_list, say_some
from zhuanban.pack.values import Case, Draw, FieldType, Form, Ledger, Pack, State, Table
from zhuanban.pack.vocabulary import CHECK_WORDS, ROUND_WORDS
from zhuanban.pack.words import (
    say_column,
    say_field,
    say_field_line,
    say_form_column,
    say_form_rows,
    say_layer,
    say_level,
    say_move,
    say_posts,
    say_rows,
    say_sees,
    say_where,
)

_NUMERALS = (*"一二三四五六七八九十", "十一", "十二", "十三", "十四")


def show(pack: Pack) -> str:
    """Stages, grid, posts, ledgers with fields and workflow, tables with what each column counts, lists, draws."""
    return "\n".join(map(nested, _lines(pack))) + "\n"


def _lines(pack: Pack) -> Iterator[str]:
    yield f"{pack.title}（{pack.key}，第{pack.version}版）"
    if pack.source:
        yield f"依据：{pack.source}"
    if pack.issued is not None:
        yield f"发文：{chinese(pack.issued)}"
    if pack.printed is not None:
        yield f"印发：{chinese(pack.printed)}"
    sections: list[tuple[str, Iterator[str]]] = [
        ("依据", (_basis(basis) for basis in pack.basis)),
        ("目标", (_goal(pack, goal) for goal in pack.goals.values())),
        ("网格", _grid(pack)),
        ("岗位", _posts(pack)),
        ("阶段", (_stage(stage) for stage in pack.stages.values())),
        ("图层", (f"  {say_layer(layer)}{_from(layer.source)}" for layer in pack.layers.values())),
        ("台账", _ledgers(pack)),
        ("统计表", _tables(pack)),
        ("清单", (f"  {say_list(pack, each)}{_from(each.source)}" for each in pack.lists.values())),
        ("报表", _forms(pack)),
        ("报送任务", (line for duty in pack.duties.values() for line in say_duty(pack, duty))),
        ("考评", (line for card in pack.scorecards.values() for line in say_card(pack, card))),
        ("抽查", (_draw(pack, draw) for draw in pack.draws.values())),
        ("文字", _texts(pack)),
    ]
    number = 0
    for title, lines in sections:
        body = list(lines)
        if not body:
            continue
        yield ""
        yield f"{_NUMERALS[number]}、{title}"
        yield from body
        number += 1


def _basis(basis: Basis) -> str:
    on = f"，{chinese(basis.on)}" if basis.on is not None else ""
    return f"  {basis.title}{f'（{basis.number}）' if basis.number else ''}{on}"


def _goal(pack: Pack, goal: Goal) -> str:
    tables = "、".join(f"“{pack.tables[key].title}”" for key in goal.tables)
    return f"  {goal.title}（{f'看{tables}' if tables else '未量化'}）{_from(goal.source)}"


def _from(source: str) -> str:
    return f"（依据：{source}）" if source else ""


def _grid(pack: Pack) -> Iterator[str]:
    if pack.grid.root:
        yield f"  {pack.grid.root}之下分{len(pack.grid.levels)}级："
    for level in pack.grid.levels:
        digits = f"，代码{level.digits}位" if level.digits else ""
        yield f"  {say_level(pack, level.key)}{digits}"


def _posts(pack: Pack) -> Iterator[str]:
    for post in pack.posts.values():
        audits = "，可查阅日志" if post.audits else ""
        yield f"  {post.title}（{post.key}）：可见{say_sees(post)}{audits}。"
        for ledger in pack.ledgers.values():
            may = [move.key for move in ledger.moves.values() if post.key in move.by]
            if post.key in ledger.amend_by:
                may.append("更正")
            if may:
                yield f"    在{ledger.title}可以：{'、'.join(may)}"


def _stage(stage: Stage) -> str:
    start = chinese(stage.start) if stage.start is not None else "未定"
    end = chinese(stage.end) if stage.end is not None else "未定"
    return f"  {stage.title}：{start}至{end}{_from(stage.source)}"


def _ledgers(pack: Pack) -> Iterator[str]:
    for ledger in (each for each in pack.ledgers.values() if not (each.duty or each.card)):
        yield ""
        yield f"  {ledger.title}（{ledger.key}），以“{ledger.word}”计{_from(ledger.source)}"
        if ledger.help:
            yield f"    {ledger.help}"
        yield from (f"    {line}" for line in _rules(pack, ledger))
        yield "    栏目："
        for field in ledger.fields.values():
            yield f"      {say_field_line(pack, ledger, field)}{_from(field.source)}"
        yield "    状态："
        for state in ledger.states.values():
            yield f"      {_state(pack, state)}"
        yield "    流转："
        for move in ledger.moves.values():
            yield f"      {say_move(pack, ledger, move)}{_from(move.source)}"


def _rules(pack: Pack, ledger: Ledger) -> Iterator[str]:
    if ledger.number_pattern:
        yield f"{ledger.number_title}自动编排：{ledger.number_pattern}。"
    else:
        yield f"{ledger.number_title}由来件给定。"
    if ledger.region_level:
        yield f"每{ledger.word}落在{say_level(pack, ledger.region_level)}。"
    if ledger.unit_required:
        yield f"每{ledger.word}都有{ledger.unit_title}。"
    if ledger.one_per:
        names = "、".join(say_field(ledger, key) for key in ledger.one_per)
        yield f"{names}相同的只有一{ledger.word}。{ledger.one_per_says}"
    if ledger.match:
        yield f"表格里没有编号时按{'、'.join(say_field(ledger, key) for key in ledger.match)}对应。"
    for rule in ledger.rules:
        how = "由规则判定，日日如此" if rule.always else "没有另填时按规则定"
        yield f"{say_field(ledger, rule.key)}{how}：{'；'.join(_case(ledger, c) for c in rule.cases)}。"
    for mirror in ledger.mirrors:
        other = pack.ledgers[mirror.ledger]
        made = {"state": "状态", "number": other.number_title, "since": "登记日期"}
        which = f"{say_field(other, mirror.by)}是本{ledger.word}"
        if mirror.where:
            which += f"、{say_where(other, mirror.where)}"
        if mirror.shows:
            shown = made.get(mirror.shows) or say_field(other, mirror.shows)
            of = f"{which}的，看最后登记的那{other.word}的{shown}"
        elif ledger.fields[mirror.key].type is FieldType.YES_NO:
            of = f"有没有{which}的"
        else:
            of = f"{which}的有几{other.word}"
        yield f"{say_field(ledger, mirror.key)}取自{other.title}：{of}。"
    for check in ledger.checks:
        if check.kind == "if":
            said = f"{say_where(ledger, check.given)}时，{say_where(ledger, check.then)}"
        else:
            said = "、".join(say_field(ledger, key) for key in check.fields) + CHECK_WORDS[check.kind]
        yield f"{said}{'（不符的照收，并作提示）' if check.flag else ''}：{check.says}"
    for likely in ledger.likely:
        other = pack.ledgers[likely.ledger]
        same = f"、{'、'.join(say_field(other, key) for key in likely.same)}相同" if likely.same else ""
        where = f"{say_field(other, likely.point)}相距{likely.metres}米以内{same}"
        yield f"新登记的，{other.title}里有{where}的，提示可能是同一件。"
    if ledger.stage:
        yield f"属于{pack.stages[ledger.stage].title}；早于该阶段开始的照收，并作提示。"
    if ledger.amend_by:
        yield f"更正、移转、撤回、恢复由{say_posts(pack, ledger.amend_by)}办理。"
    if ledger.seen_by:
        yield f"只有{say_posts(pack, ledger.seen_by)}可见本台账。"
    if ledger.shared:
        yield "可见本台账的，不分辖区都能查看全部条目。"


def _case(ledger: Ledger, case: Case) -> str:
    value = f"此后第{case.value[1]}天" if isinstance(case.value, tuple) else f"“{case.value}”"
    which = f"{say_where(ledger, case.where)}的为" if case.where else "其余为"
    return f"{which}{value}{_from(case.source)}"


def _state(pack: Pack, state: State) -> str:
    parts = []
    if state.reached:
        parts.append(f"已到{'、'.join(state.reached)}")
    if state.closed:
        parts.append("已了结")
    if state.seen_by:
        parts.append(f"只有{say_posts(pack, state.seen_by)}可见")
    return f"{state.key}{'：' if parts else ''}{'，'.join(parts)}"


def _tables(pack: Pack) -> Iterator[str]:
    for table in pack.tables.values():
        yield ""
        yield f"  {table.title}（{table.key}）{_from(table.source)}"
        yield f"    行：{say_rows(table, pack)}。"
        for column in table.columns.values():
            yield f"    {column.title}（{column.key}）：{say_column(pack, table, column)}。{_from(column.source)}"
        yield from (f"    核对：{line}" for line in _orders(table))


def _orders(table: Table) -> Iterator[str]:
    for order in table.orders:
        yield f"“{table.columns[order.less].title}”不大于“{table.columns[order.more].title}”。"


def _forms(pack: Pack) -> Iterator[str]:
    for form in pack.forms.values():
        name = f"{form.key}，{form.name}" if form.name else form.key
        yield ""
        yield f"  {form.title}（{name}）{_from(form.source)}"
        yield from (f"    {line}" for line in _form(pack, form))


def _form(pack: Pack, form: Form) -> Iterator[str]:
    yield f"模板：{form.template}{f'，工作表“{form.sheet}”' if form.sheet else ''}。"
    yield from (f"单元格{address}：{text.written}" for address, text in form.cells)
    if not form.ledger:
        return
    ledger = pack.ledgers[form.ledger]
    yield say_form_rows(pack, form)
    for column in form.columns:
        yield f"{column.letter}列“{column.title}”：{say_form_column(pack, ledger, column)}。"
    if form.same_as is not None:
        same = form.same_as
        letters = "、".join(letter for letter, _ in same.columns)
        yield f"{letters}列须与{same.says}（{pack.ledgers[same.ledger].title}）一致，按{same.by}列对应。"


def _share(part: int, whole: int) -> str:
    """As it was written: 5% or 1/20."""
    return f"{part}%" if whole == 100 else f"{part}/{whole}"


def _draw(pack: Pack, draw: Draw) -> str:
    part, whole = draw.ratio
    where = f"每个{say_level(pack, draw.stratum)}内" if draw.stratum else "全部范围内"
    what = say_some(pack, pack.ledgers[draw.ledger], draw.where) if draw.ledger else say_level(pack, draw.level)
    who = say_posts(pack, draw.by)
    how = f"由{who}在{where}按{_share(part, whole)}抽取{what}，{ROUND_WORDS[draw.round]}"
    return f"  {draw.title}（{draw.key}）：{how}。{_from(draw.source)}"


def _texts(pack: Pack) -> Iterator[str]:
    for key, text in pack.texts.items():
        first, *rest = (text or "（待填）").splitlines()
        yield f"  {key}：{first}"
        yield from (f"    {line}" for line in rest)
