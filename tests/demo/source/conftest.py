"""The look-back at water sources, played once for all of these modules; days without a year are of 2018."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.played import Played, playing


@pytest.fixture(scope="package")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    with playing(django_db_blocker, "source-lookback", "2018-12-11") as here:
        yield Played(here, 2018, "12-10")
