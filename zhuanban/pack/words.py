"""A pack's values in Chinese words: conditions, questions, columns, moves.

Used by `show`, and wherever a figure is explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhuanban.core.day import chinese, from_iso
from zhuanban.pack.conditions import days_from_as_of
from zhuanban.pack.frame import Post
from zhuanban.pack.values import (
    NEW,
    SAME,
    Column,
    Condition,
    Field,
    FieldType,
    Form,
    FormColumn,
    Guard,
    Layer,
    Ledger,
    Move,
    Pack,
    Question,
    Table,
)
from zhuanban.pack.vocabulary import PERSONAL_WORDS, ROUND_WORDS, TYPE_WORDS

NO_LEDGERS: Mapping[str, Ledger] = {}
RECORD_WORDS: Mapping[str, str] = {"state": "状态", "unit": "责任单位", "region": "所属区域"}


def said(words: Iterable[object]) -> str:
    """`“甲”、“乙”`."""
    return "、".join(f"“{word}”" for word in words)


def say_day(value: object) -> str:
    """A date in a condition: `2018年1月1日`, or the day that is asked about: `截止日`, `截止日后7天`."""
    off = days_from_as_of(value)
    if off is None:
        return chinese(from_iso(str(value)))
    return f"截止日{'后' if off > 0 else '前'}{abs(off)}天" if off else "截止日"


def say_field(ledger: Ledger | None, key: str, ledgers: Mapping[str, Ledger] = NO_LEDGERS) -> str:
    """A field's printed name; its key where the ledger does not have it. Of LINK.FIELD: `责任人的状态`."""
    link, dot, inner = key.partition(".")
    field = ledger.fields.get(link) if ledger is not None else None
    if field is None:
        own = {} if ledger is None else {"unit": ledger.unit_title, "region": ledger.region_title}
        return own.get(key) or RECORD_WORDS.get(key, key)
    return f"{field.title}的{say_field(ledgers.get(field.ledger), inner)}" if dot else field.title


def say_condition(ledger: Ledger | None, condition: Condition, ledgers: Mapping[str, Ledger] = NO_LEDGERS) -> str:
    """`来源为“市级移交”`, `期限早于截止日`. `ledgers`: of the pack, for what links name."""
    name, value = say_field(ledger, condition.field, ledgers), condition.value
    values = value if isinstance(value, tuple) else (value,)
    match condition.op:
        case "is":
            return f"{name}为“{value}”"
        case "in":
            return f"{name}为{said(values)}之一"
        case "not_in":
            return f"{name}不是{said(values)}"
        case "empty":
            return f"{name}未填"
        case "filled":
            return f"{name}已填"
        case "at_least":
            return f"{name}不小于{value}"
        case "at_most":
            return f"{name}不大于{value}"
        case "before":
            return f"{name}早于{say_day(value)}"
    return f"{name}在{say_day(value)}或以后"


def say_where(ledger: Ledger | None, where: Iterable[Condition], ledgers: Mapping[str, Ledger] = NO_LEDGERS) -> str:
    """Conditions joined: `来源为“市级移交”、是否有效为“是”`; empty where there are none."""
    return "、".join(say_condition(ledger, each, ledgers) for each in where)


def _which(ledger: Ledger | None, question: Question) -> str:
    parts = [say_where(ledger, question.where)] if question.where else []
    if question.reached:
        parts.append(f"已到“{question.reached}”")
    return "、".join(parts)


def say_records(pack: Pack, question: Question) -> str:
    """The records of a question: `宣传台账中已到“宣传”的条目`."""
    ledger = pack.ledgers.get(question.ledger)
    which = _which(ledger, question)
    return f"{ledger.title if ledger is not None else question.ledger}中{f'{which}的' if which else ''}条目"


def say_question(pack: Pack, question: Question, word: str = "") -> str:
    """What a figure counts: `举报线索台账中来源为“市级移交”、已到“受理”的件数`. `word`: another counting word."""
    ledger = pack.ledgers.get(question.ledger)
    title = ledger.title if ledger is not None else question.ledger
    which = _which(ledger, question)
    among = f"{title}中{which}的" if which else f"{title}的"
    if not question.sum:
        return f"{among}{word or (ledger.word if ledger is not None else '条')}数"
    field = ledger.fields.get(question.sum) if ledger is not None else None
    unit = f"（{field.unit}）" if field is not None and field.unit else ""
    among = f"{title}中{which}的条目，" if which else f"{title}各条目的"
    return f"{among}{say_field(ledger, question.sum)}之和{unit}"


def say_column(pack: Pack, table: Table, column: Column) -> str:
    """How a column comes about: what it counts, divides, prints or adds."""

    def name(key: str) -> str:
        return f"“{table.columns[key].title}”" if key in table.columns else f"“{key}”"

    if column.level:
        if column.question is None:
            return f"{say_level(pack, column.level)}的个数"
        return f"有{say_records(pack, column.question)}的{say_level(pack, column.level)}的个数"
    if column.question is not None:
        return say_question(pack, column.question, column.word)
    if column.ratio is not None:
        rule = ROUND_WORDS[column.round] if column.round is not None else "未写取整"
        digits = f"保留{column.digits}位小数" if column.digits else "取整到百分之一"
        return f"{name(column.ratio[0])}除以{name(column.ratio[1])}，{digits}，{rule}"
    if column.text is not None:
        ledger = pack.ledgers.get(column.text[0])
        title = ledger.title if ledger is not None else column.text[0]
        return f"照录{title}的“{say_field(ledger, column.text[1])}”"
    less = f"，减去{'、'.join(map(name, column.minus))}" if column.minus else ""
    if len(column.plus) == 1:
        return f"{name(column.plus[0])}{less}"
    return f"{'、'.join(map(name, column.plus))}相加{less}"


def say_rows(table: Table, pack: Pack) -> str:
    """What the rows are, and where the total stands."""
    rows = table.rows
    if rows.by == "region":
        what = "所查区域的各下级区域"
    elif rows.by == "unit":
        what = "责任单位"
    else:
        ledgers = (pack.ledgers.get(c.question.ledger) for c in table.columns.values() if c.question is not None)
        what = f"各种{next((say_field(each, rows.by) for each in ledgers if each is not None), rows.by)}"
    names = f"：{'、'.join(rows.names)}" if rows.names else ""
    names += f"，其余归入“{rows.rest}”" if rows.rest else ""
    if not rows.total:
        return f"{what}{names}，不设合计行"
    return f"{what}{names}，“{rows.total}”行在{'最前' if rows.total_first else '最后'}，是各行之和"


def say_posts(pack: Pack, keys: Iterable[str]) -> str:
    """Posts by their printed names."""
    return "、".join(pack.posts[key].title if key in pack.posts else key for key in keys)


def say_sees(post: Post) -> str:
    """What a post sees, and where it acts if that is less."""
    words = {"all": "全部", "region": "本区域及以下", "unit": "本单位及下属单位"}
    sees, acts = ("、".join(words.get(each, each) for each in parts) for parts in (post.sees, post.acts))
    return sees if sees == acts else f"{sees}，只办理{acts}的"


def say_level(pack: Pack, key: str) -> str:
    """A grid level's printed name, with its words: `一级网格（区）`."""
    for level in pack.grid.levels:
        if level.key == key:
            return f"{level.title}（{'、'.join(level.names)}）" if level.names else level.title
    return key


def say_type(pack: Pack, field: Field) -> str:
    """A field's type with all that limits it: `选项：甲、乙等，可多选`."""
    parts = [TYPE_WORDS[field.type]]
    if field.options:
        parts[0] += "：" + "、".join(option.title for option in field.options) + ("等" if field.open else "")
    if field.ledger:
        ledger = pack.ledgers.get(field.ledger)
        parts[0] += f"到{ledger.title if ledger is not None else field.ledger}"
    if field.many:
        parts.append("可有多个")
    if field.unit:
        parts.append(f"单位{field.unit}")
    if field.decimals:
        parts.append(f"{field.decimals}位小数")
    if field.minimum is not None:
        parts.append(f"不小于{field.minimum}")
    if field.maximum is not None:
        parts.append(f"不大于{field.maximum}")
    if field.earliest is not None:
        parts.append(f"不早于{chinese(field.earliest)}")
    if field.pattern:
        parts.append(f"格式 {field.pattern}")
    if field.layer:
        title = pack.layers[field.layer].title if field.layer in pack.layers else field.layer
        parts[0] = f"{title}的分区"
    if field.outside:
        where = "不在任何分区时" if field.type is FieldType.ZONE else "在网格外时"
        parts.append(where + ("提醒" if field.outside == "warn" else "转待处理"))
    return "，".join(parts)


def say_asked(pack: Pack, ledger: Ledger, field: Field) -> list[str]:
    """What a zone or a comparison is made of, and what is asked of photographs."""
    said = []
    if field.compares:
        link, dot, name = field.than.partition(".")
        other = pack.ledgers.get(ledger.fields[link].ledger) if dot and link in ledger.fields else ledger
        than = f"{say_field(ledger, link)}的" if dot else ""
        than += say_field(other, name or link) if other is not None else name
        said.append(f"由{say_field(ledger, field.compares)}与{than}比较得出")
    if field.of:
        said.append(f"由{say_field(ledger, field.of)}判定")
    if field.after:
        said.append(f"应拍摄于{say_field(ledger, field.after)}之后")
    if field.near is not None:
        said.append(f"应拍摄于{say_field(ledger, field.near.point)}{field.near.metres}米以内")
    if isinstance(field.not_before, str):
        said.append(f"不应早于{say_field(ledger, field.not_before)}")
    elif field.not_before is not None:
        said.append(f"不应早于办理日前{field.not_before}天")
    if field.once:
        said.append("不应与其他条目的照片相同")
    return said


def say_layer(layer: Layer) -> str:
    """A layer: its types by strictness, and its buffers."""
    parts = [f"分{'、'.join(option.title for option in layer.types)}，重叠处以在前的为准"]
    parts += [f"线状图形两侧{buffer.metres}米以内为{buffer.type}" for buffer in layer.buffers]
    return f"{layer.title}（{layer.key}）：{'；'.join(parts)}。"


def say_field_line(pack: Pack, ledger: Ledger, field: Field) -> str:
    """One field in a sentence: name, type, whether it must be filled, who may unmask it."""
    parts = [say_type(pack, field), *say_asked(pack, ledger, field)]
    if field.required:
        parts.append("必填")
    if field.limit[0]:
        standard = pack.standards.get(field.limit[0])
        parts.append(f"超出{standard.title if standard is not None else field.limit[0]}限值的提醒")
    if field.personal:
        who = say_posts(pack, field.seen_by)
        parts.append(f"个人信息（{PERSONAL_WORDS[field.personal]}），平时遮盖，只有{who}可以查看，每次查看都记录")
    if field.aliases:
        parts.append(f"表格里也写作{said(field.aliases)}")
    return f"{field.title}（{field.key}）：{'；'.join(parts)}"


def say_guard(pack: Pack, home: Ledger, guard: Guard) -> str:
    """What must be true elsewhere before a move of a record of `home`."""
    ledger = pack.ledgers.get(guard.ledger)
    title = ledger.title if ledger is not None else guard.ledger
    if guard.kind == "here":
        return f"本{ledger.word if ledger is not None else '条'}须为{say_where(ledger, guard.where)}"
    scopes = {"same": "同一区域", "within": "本区域及以下"}
    where = scopes.get(guard.scope) or f"所在{say_level(pack, guard.level)}"
    if guard.via:
        where = f"{say_field(home, guard.via)}所指的条目中"
    if guard.by:
        where = f"{say_field(ledger, guard.by) if ledger is not None else guard.by}指向本{home.word}的条目中"
    if guard.same_unit:
        where += f"（{say_field(ledger, 'unit')}相同的）"
    which = say_where(ledger, guard.where)
    has = "须有" if guard.kind == "exists" else "不得有"
    return f"{where}{has}{title}中{f'{which}的' if which else ''}条目"


def say_move(pack: Pack, ledger: Ledger, move: Move) -> str:
    """A move in one sentence: who does it, from where to where, with what, and who may not."""
    starts = [f"“{state}”" for state in move.from_ if state != NEW]
    openings = ["新登记"] if NEW in move.from_ else []
    start = "、".join([*openings, *starts])
    way = f"在{start}，状态不变" if move.to == SAME else f"从{start}到“{move.to}”"
    parts = [f"由{say_posts(pack, move.by)}办理，{way}"]
    if move.date:
        parts.append(f"日期记在“{move.date}”")
    if move.needs:
        parts.append("须填" + "、".join(say_field(ledger, key) for key in move.needs))
    for proof in move.needs_when:
        needed = "、".join(say_field(ledger, key) for key in proof.needs)
        parts.append(f"{say_where(ledger, proof.where)}的还须填{needed}")
    for key, value in move.sets:
        if isinstance(value, tuple) and len(value) == 2 and value[0] == "days_after":
            parts.append(f"{say_field(ledger, key)}定为此后第{value[1]}天")
        elif isinstance(value, tuple) and len(value) == 2 and value[0] == "copy":
            parts.append(f"{say_field(ledger, key)}改为“{say_field(ledger, str(value[1]))}”所填的")
        else:
            shown = "、".join(map(str, value)) if isinstance(value, tuple) else value
            parts.append(f"{say_field(ledger, key)}写为“{shown}”")
    if move.not_by:
        parts.append(f"办过{said(move.not_by)}的人不得办理")
    if move.reason:
        parts.append("须说明原因")
    parts += [say_guard(pack, ledger, guard) for guard in move.requires]
    return f"{move.key}：{'；'.join(parts)}。"


def say_form_rows(pack: Pack, form: Form) -> str:
    """Which records stand in a form's rows, in which order, and what happens when there are more than rows."""
    ledger = pack.ledgers[form.ledger]
    parts = [say_where(ledger, form.where)] if form.where else []
    if form.reached:
        parts.append(f"已到“{form.reached}”")
    which = f"{'、'.join(parts)}的" if parts else "的"
    order = f"，按{'、'.join(_say_order(ledger, word) for word in form.order)}排列" if form.order else ""
    beyond = {"grow": "照最后一行的样子续行", "copies": "另起一份同样的表", "refuse": "不再填写并提示"}[form.beyond]
    whose = {"whole": "全部一份", "unit": "每个单位一份"}.get(form.per) or f"每个{say_level(pack, form.per)}一份"
    return (
        f"{ledger.title}中{which}条目每{ledger.word}一行{order}，{whose}；从第{form.first}行起，"
        f"印有{form.printed}行，不够时{beyond}{'；没有内容的报送时不附' if form.if_any else ''}。"
    )


def _say_order(ledger: Ledger, word: str) -> str:
    own = {"number": ledger.number_title, "since": "登记日期"}
    return own.get(word) or say_field(ledger, word)


def say_form_column(pack: Pack, ledger: Ledger, column: FormColumn) -> str:
    """What the cells of a form's column say."""
    if column.kind == "serial":
        return "顺次编号"
    if column.kind == "field":
        link, dot, inner = column.key.partition(".")
        said = say_field(ledger, link)
        if dot and link in ledger.fields:
            said += f"所指条目的{say_field(pack.ledgers.get(ledger.fields[link].ledger), inner)}"
        return said + ("（可查看的人照填原文，每次导出留痕）" if column.reveal else "")
    if column.kind == "words":
        return "、".join(f"{state}时填“{text.written}”" for state, text in column.words)
    return column.text.written if column.text is not None else "留空"
