"""A campaign of stone canals whose forms are filled by a stand-in for the room of forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.canals import FILES_2018, fill_faults, make, time
from zhuanban.duty import forms
from zhuanban.people.models import Campaign


@pytest.fixture
def filler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "fillers", [fill_faults])


@pytest.fixture
def canals(db: None, filler: None, tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    settings.ZHUANBAN_HOME = tmp_path
    with time("2021-09-02 09:00"):
        yield make(tmp_path)


@pytest.fixture
def streets(db: None, tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    settings.ZHUANBAN_HOME = tmp_path
    with time("2018-05-01 09:00"):
        yield make(tmp_path, FILES_2018, "2018-05-01")
