"""The look-back at rural water works, played once for all of these modules; days without a year are of 2022."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.played import Played, playing


@pytest.fixture(scope="package")
def rural(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    with playing(django_db_blocker, "rural-water-lookback", "2022-11-01") as here:
        yield Played(here, 2022, "10-31")
