"""The rig itself: the engine that a run says it is on is the one it is on, and never anybody's own data folder."""

import os
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def test_settings_use_the_folder_that_is_thrown_away():
    assert Path(os.environ["ZHUANBAN_HOME"]) == settings.ZHUANBAN_HOME
    assert settings.ZHUANBAN_HOME.parent == Path(tempfile.gettempdir())


@pytest.mark.both_engines
@pytest.mark.django_db
def test_the_run_is_on_its_engine(engine):
    assert connection.vendor == engine


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_role_is_no_superuser():
    # A superuser passes every grant, so tests of the grants would pass without any.
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
