"""Demonstrations, played in this process, once for a module, inside a transaction that is taken back; so is what each
test writes on top of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.played import Played, playing


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    """The well campaign's."""
    with playing(django_db_blocker, "well-closure", "2023-12-11", "hurricane") as here:
        yield Played(here)
