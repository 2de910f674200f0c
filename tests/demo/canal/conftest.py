"""The canal campaign, played once for all of these modules; days without a year are of 2021."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.played import Played, playing


@pytest.fixture(scope="package")
def canal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    with playing(django_db_blocker, "canal-protection", "2022-04-15") as here:
        yield Played(here, 2021, "12-31")
