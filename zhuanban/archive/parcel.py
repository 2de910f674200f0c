"""An archive as one zip, written as it is read: memory does not grow with what is in it.

In it, in this order: 目录.xlsx and 目录.pdf (what there is, what is missing, each file's hash), 台账/ (the records,
masked), 经过.xlsx (their events), then the files, by part and record: originals untouched, and forms filled for it. It
opens without this program; `sha256sum -c 校验.sha256` tells whether a file was changed since.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from zhuanban.archive.contents import LACKING, NONE, Contents, Item
from zhuanban.archive.index_pdf import index_pdfs
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, iso, minute
from zhuanban.evidence.queries import open_original
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import FILE_TYPES, Field
from zhuanban.people.queries import spoken_logins
from zhuanban.sheets.export import ColumnSpec, Kind, stamp, write_xlsx
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.out import ledger_columns, ledger_rows_on, writer

_PIECE = 1 << 18

INDEX_COLUMNS = (
    ColumnSpec("序号", Kind.INTEGER, width=7),
    ColumnSpec("类别", width=18),
    ColumnSpec("台账", width=16),
    ColumnSpec("编号", width=18),
    ColumnSpec("栏目", width=14),
    ColumnSpec("文件", width=40),
    ColumnSpec("大小（字节）", Kind.INTEGER, width=12),
    ColumnSpec("拍摄时间", width=18),
    ColumnSpec("收到时间", width=18),
    ColumnSpec("说明", width=24),
    ColumnSpec("校验值（SHA-256）", width=40),
    ColumnSpec("页号", width=8),
)


def index_rows(contents: Contents) -> list[list[Value]]:
    """The rows of 目录.xlsx: one a file in the order of the parcel, then the parts that have none."""
    rows: list[list[Value]] = []
    for nth, item in enumerate(contents.items, 1):
        rows.append(
            [
                nth, item.head, item.ledger or None, item.number or None, item.field, item.path, item.size,
                minute(item.taken_at) if item.taken_at else None, minute(item.at), item.note or None, item.sha256,
                item.page,
            ]
        )  # fmt: skip
    rows += [
        [None, head, None, None, None, None, None, None, None, says, None, None]
        for says, heads in ((LACKING, contents.empty), (NONE, contents.absent))
        for head in heads
    ]
    return rows


def pieces(viewer: Viewer, contents: Contents) -> Iterator[bytes]:
    """The zip in pieces, as they come. Raises Refused where a file cannot be read."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as parcel:
        for name, content in _papers(viewer, contents):
            parcel.writestr(_entry(name, zipfile.ZIP_DEFLATED), content)
            yield from pipe.taken()
        for item in contents.items:
            # Pictures, videos and office files are packed already; packing them again costs time and saves nothing.
            entry = _entry(item.path, zipfile.ZIP_STORED)
            entry.file_size = item.size
            with (
                _opened(viewer, item) as source,
                parcel.open(entry, "w", force_zip64=item.size > 1 << 31) as inside,
            ):
                while piece := source.read(_PIECE):
                    inside.write(piece)
                    yield from pipe.taken()
            yield from pipe.taken()
    yield from pipe.taken()


def _opened(viewer: Viewer, item: Item) -> BinaryIO:
    if item.content is not None:
        return io.BytesIO(item.content)
    return open_original(viewer.setting.campaign, item.sha256, item.name).stream


def _papers(viewer: Viewer, contents: Contents) -> Iterator[tuple[str, bytes]]:
    notes = (contents.subject, *stamp(contents.day, viewer.actor.title or viewer.actor.login, clock.now()))
    rows = index_rows(contents)
    yield "目录.xlsx", _xlsx(f"{contents.title}目录", INDEX_COLUMNS, rows, notes)
    yield from index_pdfs(contents, rows, notes)
    for ledger, records in contents.ledgers:
        columns = ledger_columns(viewer.setting, ledger)
        lines = ledger_rows_on(viewer, ledger, records, contents.day)
        yield f"台账/{ledger.title}.xlsx", _xlsx(ledger.title, columns, lines, notes)
    yield "经过.xlsx", _xlsx("经过", _EVENT_COLUMNS, _events(viewer, contents), notes)
    yield "校验.sha256", "".join(f"{i.sha256}  {i.path}\n" for i in contents.items).encode()


_EVENT_COLUMNS = (
    ColumnSpec("台账", width=16),
    ColumnSpec("编号", width=18),
    ColumnSpec("序", Kind.INTEGER, width=6),
    ColumnSpec("事由", width=14),
    ColumnSpec("发生日期", Kind.DATE),
    ColumnSpec("登记时刻", width=18),
    ColumnSpec("经办", width=14),
    ColumnSpec("理由", width=30),
    ColumnSpec("内容", width=40),
)


def _events(viewer: Viewer, contents: Contents) -> Iterator[list[Value]]:
    names, day = spoken_logins(), contents.day
    for ledger, records in contents.ledgers:
        for record in records:
            for event in viewer.history(ledger, record.number)["events"]:
                if event["counts_on"] > iso(day):
                    continue
                said = "；".join(
                    f"{ledger.fields[key].title}：{_words(viewer, ledger.fields[key], value, day)}"
                    for key, value in event.get("fields", {}).items()
                    if key in ledger.fields and value is not None
                )
                yield [
                    ledger.title, record.number, event["version"], event["title"], _date(event["on"]),
                    minute(event["at"]), names.get(event["by"], event["by"]), event.get("reason"), said or None,
                ]  # fmt: skip


def _words(viewer: Viewer, field: Field, value: Any, day: int) -> str:
    if field.type in FILE_TYPES and isinstance(value, list):
        return "、".join(str(each.get("name", "文件")) for each in value)
    return str(writer(field, viewer.setting.units, day)(value))


def _date(text: str) -> Value:
    return datetime.fromisoformat(text).date()


def _xlsx(title: str, columns: Any, rows: Any, notes: tuple[str, ...]) -> bytes:
    book = io.BytesIO()
    write_xlsx(book, title, columns, rows, notes=notes)
    return book.getvalue()


def _entry(name: str, method: int) -> zipfile.ZipInfo:
    # The clock of the machine, not of this entry's file: the day of the parcel.
    now = datetime.fromtimestamp(clock.now() / 1e6, UTC).astimezone(BEIJING)
    entry = zipfile.ZipInfo(name, date_time=(max(now.year, 1980), now.month, now.day, now.hour, now.minute, 0))
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    return entry


class _Pipe(io.RawIOBase):
    """What a zip writes, taken out piece by piece. Cannot seek, so the zip is written straight on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces
