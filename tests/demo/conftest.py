"""The well campaign's demonstration, played in this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from tests.hurricane import Played
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.demo.play import load_demo
from zhuanban.people.queries import setting


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    """Played once for a module, inside a transaction that is taken back; so is what each test writes on top of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        done = settings.ZHUANBAN_HOME / "demo" / "hurricane.done"
        done.unlink(missing_ok=True)
        campaign = load_demo("well-closure")
        with clock.set_to(datetime(2023, 12, 11, 9, tzinfo=BEIJING)):
            yield Played(setting(campaign))
        done.unlink(missing_ok=True)
        transaction.set_rollback(True)
