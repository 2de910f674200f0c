"""The index of an archive as a page to print and to lay on top of the file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

from zhuanban.archive.contents import Contents
from zhuanban.sheets.export_rows import Value

# Data comes in as JSON and is only ever text: nothing that a person wrote is read as markup.
_PAGE = r"""
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (top: 25mm, bottom: 20mm, x: 18mm), numbering: "— 1 —")
#set text(font: ("FZXiaoBiaoSong-B05S", "Noto Serif SC"), size: 10.5pt, lang: "zh", region: "CN")
#align(center)[#text(size: 20pt, weight: "bold", data.title)]
#v(2mm)
#for line in data.notes [#line #linebreak()]
#v(2mm)
#table(
  columns: (1fr, 2fr, 1fr), align: (left, left, right), stroke: 0.5pt,
  table.header([*类别*], [*情况*], [*件数*]),
  ..data.heads.map(h => (h.at(0), h.at(1), str(h.at(2)))).flatten()
)
#v(4mm)
#if data.rows.len() > 0 [
#table(
  columns: (10mm, 28mm, 30mm, 1fr, 26mm), align: (center, left, left, left, left), stroke: 0.5pt,
  table.header([*序号*], [*类别*], [*编号*], [*文件*], [*拍摄时间*]),
  ..data.rows.flatten()
)
]
"""


def index_pdf(contents: Contents, rows: Sequence[Sequence[Value]], notes: Sequence[str]) -> bytes:
    """The PDF: how many files each part has, which part lacks any, then every file in the parcel's order.

    A folder `fonts` in the data folder may hold a site's licensed fonts; without it the free ones are used.
    """
    counts = Counter(item.head for item in contents.items)
    heads = [
        (head, "缺：还没有材料" if head in contents.empty else "齐" if counts[head] else "见台账", counts[head])
        for head in contents.heads
    ]
    files = [[_text(row[0]), _text(row[1]), _text(row[3]), _text(row[5]), _text(row[7])] for row in rows if row[0]]
    data = {"title": f"{contents.title}目录", "notes": list(notes), "heads": heads, "rows": files}
    fonts = [Path(pylopdf_fonts_zh_cn.__file__).parent, Path(settings.ZHUANBAN_HOME) / "fonts"]
    found = typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in fonts if folder.is_dir()])
    made = typst.Compiler(font_paths=found).compile(
        _PAGE.encode(), format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    assert isinstance(made, bytes)
    return made


def _text(value: Value) -> str:
    return "" if value is None else str(value)
