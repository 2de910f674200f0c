from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests import elms
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.people.queries import Setting


@pytest.fixture
def town(db: None, tmp_path: Path) -> Iterator[Setting]:
    """The campaign of old trees, on 2023-12-08."""
    with clock.set_to(datetime(2023, 12, 8, 9, tzinfo=BEIJING)):
        yield elms.make(tmp_path)
