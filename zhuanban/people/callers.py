"""From a request to an actor: who is calling, and with what posts he sits in a campaign today.

These run before every answer, so they are plain SQL: a query for a seat or a token, two for a session.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from zhuanban.core import clock
from zhuanban.people.actions import token_hash
from zhuanban.people.models import Campaign, User
from zhuanban.people.scope import Actor, Held

LONGEST_TOKEN = 200
LONGEST_KEY = 40  # of a session


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown who he is. What he may do, his posts in a campaign say."""

    user_id: int
    login: str
    title: str

    @classmethod
    def of(cls, user: User) -> Caller:
        return cls(user.pk, user.username, str(user))


def caller_of_token(token: str) -> Caller | None:
    """Whose access token this is; None where it is nobody's or has run out, or its user may not sign in."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT u.id, u.username, u.display_name FROM people_token t JOIN people_user u ON u.id = t.user_id
               WHERE t.hash = %s AND u.is_active AND (t.until IS NULL OR t.until > %s)""",
            [token_hash(token), clock.now()],
        )
        row = cursor.fetchone()
    return None if row is None else Caller(row[0], row[1], row[2] or row[1])


def caller_of_session(key: str) -> Caller | None:
    """Whose open session this is; None where it ended, its user may not sign in, or his password changed since.

    The same questions that Django's own middleware asks (`contrib.auth.get_user`), without models in between.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
            [key, connection.ops.adapt_datetimefield_value(timezone.now())],
        )
        session = cursor.fetchone()
        said = SessionStore().decode(session[0]) if session is not None else {}
        if SESSION_KEY not in said:
            return None
        cursor.execute(
            "SELECT id, username, display_name, password FROM people_user WHERE id = %s AND is_active",
            [int(said[SESSION_KEY])],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    right = User(password=row[3]).get_session_auth_hash()
    if not constant_time_compare(said.get(HASH_SESSION_KEY, ""), right):
        return None
    return Caller(row[0], row[1], row[2] or row[1])


def seat(caller: Caller, name: str, day: int) -> tuple[Campaign, Actor] | None:
    """The campaign of that name with the caller's posts in it on a day; None where he holds none or it is absent."""
    found = _seats(caller, day, "AND c.name = %s", [name])
    return found[0] if found else None


def seats(caller: Caller, day: int) -> list[tuple[Campaign, Actor]]:
    """Every campaign in which the caller holds a post on a day, by name."""
    return sorted(_seats(caller, day, "", []), key=lambda s: s[0].name)


_CAMPAIGN = ("id", "name", "uid", "pack_version_id", "start", "demo_clock", "tree_version")


def _seats(caller: Caller, day: int, narrow: str, values: list[str]) -> list[tuple[Campaign, Actor]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT h.post, h.region_code, h.unit_code, {", ".join(f"c.{x}" for x in _CAMPAIGN)}
                FROM people_holding h JOIN people_campaign c ON c.id = h.campaign_id
                WHERE h.user_id = %s AND h.from_day <= %s AND h.to_day > %s {narrow} ORDER BY h.id""",
            [caller.user_id, day, day, *values],
        )
        rows = cursor.fetchall()
    held: dict[int, list[Held]] = {}
    campaigns: dict[int, Campaign] = {}
    for post, region, unit, *campaign in rows:
        if campaign[0] not in campaigns:
            said = dict(zip(_CAMPAIGN, campaign, strict=True))
            said["demo_clock"] = bool(said["demo_clock"])  # SQLite keeps it as 0 and 1
            campaigns[campaign[0]] = Campaign(**said)
            campaigns[campaign[0]]._state.adding = False
            campaigns[campaign[0]]._state.db = connection.alias
        held.setdefault(campaign[0], []).append(Held(post, region, unit))
    return [
        (campaigns[pk], Actor(caller.user_id, caller.login, tuple(posts), title=caller.title))
        for pk, posts in held.items()
    ]
