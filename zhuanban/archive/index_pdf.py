"""The index of an archive as pages to print and to lay on top of the file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
from django.conf import settings

from zhuanban.archive import problems
from zhuanban.archive.contents import LACKING, NONE, Contents
from zhuanban.core.problem import Refused
from zhuanban.sheets.export_rows import Value

VOLUME = 500  # files in one PDF: whoever sets it holds all of it, some 70 kB a row
_START = "from zhuanban.archive.page import serve; serve()"


def index_pdfs(
    contents: Contents, rows: Sequence[Sequence[Value]], notes: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """(name, PDF): how many files each part has, which part lacks any, then every file in the parcel's order.

    Beyond VOLUME files the list goes on in 目录_2.pdf and so forth. A folder `fonts` in the data folder may hold a
    site's licensed fonts; without it the free ones are used. Raises Refused where a PDF cannot be made.
    """
    counts = Counter(item.head for item in contents.items)
    bare = {**dict.fromkeys(contents.empty, LACKING), **dict.fromkeys(contents.absent, NONE)}
    heads = [(head, bare.get(head) or ("齐" if counts[head] else "见台账"), counts[head]) for head in contents.heads]
    files = [[_text(row[column]) for column in (0, 1, 3, 5, 7, 11)] for row in rows if row[0]]
    title = f"{contents.title}目录"
    yield "目录.pdf", _pdf({"title": title, "notes": list(notes), "heads": heads, "rows": files[:VOLUME]})
    for n, start in enumerate(range(VOLUME, len(files), VOLUME), 2):
        more = {"title": f"{title}（{n}）", "notes": list(notes), "heads": [], "rows": files[start : start + VOLUME]}
        yield f"目录_{n}.pdf", _pdf(more)


def _pdf(said: dict[str, Any]) -> bytes:
    # In a process of its own: the setter keeps what it made of the last ten pages, and a server makes many.
    fonts = [Path(pylopdf_fonts_zh_cn.__file__).parent, Path(settings.ZHUANBAN_HOME) / "fonts"]
    said["fonts"] = [str(folder) for folder in fonts if folder.is_dir()]
    done = subprocess.run(  # noqa: S603  (this program, by its own interpreter)
        [sys.executable, "-c", _START],
        input=json.dumps(said, ensure_ascii=False).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Refused(problems.NO_PDF.at(why=f"代码 {done.returncode}"))
    return done.stdout


def _text(value: Value) -> str:
    return "" if value is None else str(value)
