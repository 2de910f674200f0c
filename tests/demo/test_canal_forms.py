"""The canal campaign's forms, played: whose they are, how days are printed, and what comes back of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.played import playing
from zhuanban.core.day import from_iso
from zhuanban.duty.actions import Target, find
from zhuanban.duty.figures import reported
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.notes import notes
from zhuanban.pack.read import pack_files, read_files
from zhuanban.people.queries import Setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import import_files
from zhuanban.sheets.form_rows import Asked, find_form
from zhuanban.sheets.forms import fill_form

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

CAMPAIGNS = Path(__file__).resolve().parents[2] / "campaigns"
STREET = "411371002"


@pytest.fixture(scope="module")
def canal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Setting]:
    with playing(django_db_blocker, "canal-protection", "2022-04-15") as here:
        yield here


def page(canal: Setting, key: str, asked: Asked) -> tuple[bytes, Any]:
    viewer = Viewer(canal, OPERATOR)
    (content,) = fill_form(viewer, find_form(viewer, key), asked).files
    return content, load_workbook(io.BytesIO(content)).active


def test_dbg(canal: Setting, tmp_path: Path) -> None:
    content, sheet = page(canal, "附件2", Asked(from_iso("2021-12-31"), region=STREET))
    (tmp_path / "f.xlsx").write_bytes(content)
    rep = import_files(canal, "problems", [tmp_path / "f.xlsx"], OPERATOR, dry_run=True)
    print(rep.summary())
    for s in rep.files[0].sheets:
        print(s)
    for p in rep.problems[:12]:
        print(p)
    for w in rep.files[0].warnings[:5]:
        print(w)
    print([c.value for c in sheet[5]], sheet["A3"].value, sheet.max_row)
    a4, sheet4 = page(canal, "附件4", Asked(from_iso("2021-12-31")))
    print([sheet4[f"H{r}"].value for r in range(5, 12)])
    assert 0
