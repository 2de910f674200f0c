"""An office with the street lamps in it."""

from __future__ import annotations

import pytest

from tests.conftest import Office
from tests.lamps import settle_in


@pytest.fixture
def lamps(office: Office) -> Office:
    return settle_in(office)
