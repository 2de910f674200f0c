"""Sets one page of an index, in a process of its own: what it took of memory is given back when that ends.

Nothing here knows Django. In: JSON with `title`, `notes`, `heads`, `rows`, `fonts` (folders). Out: the PDF.
"""

from __future__ import annotations

import json
import sys

import typst

# Data comes in as JSON and is only ever text: nothing that a person wrote is read as markup.
_PAGE = r"""
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (top: 25mm, bottom: 20mm, x: 18mm), numbering: "— 1 —")
#set text(font: ("FZXiaoBiaoSong-B05S", "Noto Serif SC"), size: 10.5pt, lang: "zh", region: "CN")
#align(center)[#text(size: 20pt, weight: "bold", data.title)]
#v(2mm)
#for line in data.notes [#line #linebreak()]
#v(2mm)
#if data.heads.len() > 0 [
#table(
  columns: (1fr, 2fr, 1fr), align: (left, left, right), stroke: 0.5pt,
  table.header([*类别*], [*情况*], [*件数*]),
  ..data.heads.map(h => (h.at(0), h.at(1), str(h.at(2)))).flatten()
)
]
#v(4mm)
#if data.rows.len() > 0 [
#show table.cell.where(x: 3): set text(cjk-latin-spacing: none)
#table(
  columns: (12mm, 26mm, 28mm, 1fr, 24mm, 14mm), align: (center, left, left, left, left, center), stroke: 0.5pt,
  table.header([*序号*], [*类别*], [*编号*], [*文件*], [*拍摄时间*], [*页号*]),
  ..data.rows.flatten()
)
]
"""


def serve() -> None:
    """Standard input → standard output."""
    said = sys.stdin.buffer.read()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=json.loads(said)["fonts"])
    made = typst.Compiler(font_paths=fonts).compile(_PAGE.encode(), format="pdf", sys_inputs={"data": said.decode()})
    assert isinstance(made, bytes)
    sys.stdout.buffer.write(made)
