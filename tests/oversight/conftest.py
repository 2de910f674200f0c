"""The campaign of the worked examples, as of the last day of September."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rubric import BING, JIA, YI, scored_campaign
from zhuanban.people.models import Campaign


@pytest.fixture
def campaign(db: None, tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    settings.ZHUANBAN_HOME = tmp_path
    with scored_campaign(tmp_path, JIA, YI, BING) as campaign:
        yield campaign
