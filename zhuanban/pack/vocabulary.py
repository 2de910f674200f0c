"""The words of the pack language, and their Chinese names in messages."""

from __future__ import annotations

from zhuanban.core.ratio import Rounding
from zhuanban.pack.values import FieldType

BARE_STATE = "在册"
BARE_MOVE = "登记"
BARE_DATE = "登记日期"

# Every word of the language, by the thing that says it. The reader accepts nothing else; docs/pack-language.md
# explains each one (a test compares).
WORDS: dict[str, tuple[str, ...]] = {
    "行动包": (
        "key",
        "title",
        "short",
        "version",
        "source",
        "demo_campaign",
        "grid",
        "posts",
        "stages",
        "overview",
        "texts",
        "draws",
    ),
    "网格": ("root", "levels"),
    "级": ("title", "names", "digits"),
    "岗位": ("title", "sees"),
    "阶段": ("title", "start", "end", "source"),
    "抽查": ("title", "level", "in_each", "ratio", "round", "by", "source"),
    "台账": (
        "title",
        "word",
        "help",
        "source",
        "number",
        "region",
        "unit",
        "one_per",
        "match",
        "seen_by",
        "amend_by",
        "fields",
        "checks",
        "workflow",
    ),
    "编号": ("title", "aliases", "pattern"),
    "所属网格": ("level", "required", "title", "aliases"),
    "责任单位": ("required", "title", "aliases"),
    "唯一": ("fields", "says"),
    "核对": ("differ", "ordered", "says"),
    "栏目": (
        "title",
        "type",
        "required",
        "aliases",
        "options",
        "open",
        "many",
        "ledger",
        "unit",
        "decimals",
        "minimum",
        "maximum",
        "earliest",
        "pattern",
        "personal",
        "seen_by",
        "outside",
        "layer",
        "of",
        "after",
        "near",
        "not_before",
        "once",
        "help",
        "source",
    ),
    "选项": ("title", "aliases"),
    "流程": ("states", "moves"),
    "状态": ("reached", "closed", "seen_by"),
    "流转": ("from", "to", "by", "date", "needs", "sets", "not_by", "reason", "requires", "source"),
    "日期栏": ("title", "aliases"),
    "写入": ("days_after",),
    "前提": ("exists", "none", "where", "scope", "level", "via", "says"),
    "拍摄地点": ("point", "metres"),
    "拍摄时间": ("days",),
    "条件": ("not", "empty", "filled", "at_least", "at_most", "before", "on_or_after"),
    "统计表": ("title", "source", "head", "rows", "columns", "checks"),
    "行": ("by", "names", "total", "total_at"),
    "列": (
        "title",
        "source",
        "count",
        "sum",
        "ratio",
        "text",
        "plus",
        "minus",
        "where",
        "reached",
        "round",
        "digits",
    ),
    "清单": ("title", "source", "ledger", "where", "missing"),
    "图层": ("title", "source", "types", "type_column", "name_column", "buffers"),
    "缓冲区": ("type", "metres"),
}

# Words that only some types of field use.
OWN_WORDS: dict[str, frozenset[FieldType]] = {
    "options": frozenset({FieldType.CHOICE}),
    "open": frozenset({FieldType.CHOICE}),
    "many": frozenset({FieldType.CHOICE, FieldType.LINK}),
    "ledger": frozenset({FieldType.LINK}),
    "unit": frozenset({FieldType.INTEGER, FieldType.NUMBER}),
    "decimals": frozenset({FieldType.NUMBER}),
    "minimum": frozenset({FieldType.INTEGER, FieldType.NUMBER}),
    "maximum": frozenset({FieldType.INTEGER, FieldType.NUMBER}),
    "earliest": frozenset({FieldType.DATE}),
    "pattern": frozenset({FieldType.TEXT}),
    "outside": frozenset({FieldType.POINT, FieldType.ZONE}),
    "layer": frozenset({FieldType.ZONE}),
    "of": frozenset({FieldType.ZONE}),
    "after": frozenset({FieldType.PHOTO}),
    "near": frozenset({FieldType.PHOTO}),
    "not_before": frozenset({FieldType.PHOTO}),
    "once": frozenset({FieldType.PHOTO}),
}

TYPE_WORDS: dict[FieldType, str] = {
    FieldType.TEXT: "文字",
    FieldType.LONG_TEXT: "长文字",
    FieldType.INTEGER: "整数",
    FieldType.NUMBER: "数",
    FieldType.DATE: "日期",
    FieldType.CHOICE: "选项",
    FieldType.YES_NO: "是否",
    FieldType.POINT: "点位",
    FieldType.LINK: "关联",
    FieldType.UNIT: "单位",
    FieldType.PERSON: "人员",
    FieldType.PHOTO: "照片",
    FieldType.SIGNATURE: "签名",
    FieldType.VIDEO: "视频",
    FieldType.FILE: "附件",
    FieldType.ZONE: "分区",
}

PERSONAL = ("name", "phone", "id_number", "address", "contact")

COLUMN_WORDS: dict[str, str] = {"count": "计数", "ratio": "比率", "text": "照录", "formula": "加减"}

ROUND_WORDS: dict[Rounding, str] = {
    Rounding.HALF_UP: "四舍五入",
    Rounding.FLOOR: "舍去尾数",
    Rounding.CEIL: "进一",
    Rounding.HALF_EVEN: "四舍六入五成双",
}

PERSONAL_WORDS: dict[str, str] = {
    "name": "姓名",
    "phone": "电话",
    "id_number": "证件号码",
    "address": "住址",
    "contact": "联系信息",
}
