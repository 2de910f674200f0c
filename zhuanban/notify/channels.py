"""The site's table of channels, `HOME/channels.csv`: which login is told where, beside the program itself.

Addresses are those of apprise (`wecombot://KEY`, `dingtalk://TOKEN`, `mailto://…`). They hold secrets, so they live in
a file of the data folder that its owner alone can read, never in the database and its backups.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.notify import problems as says

FILE = "channels.csv"
TABLE_HEADS = ("账号", "地址")
EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class Channel:
    """One address. `kind` is what stands before `://`."""

    address: str

    @property
    def kind(self) -> str:
        return self.address.partition("://")[0][:20]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.address.encode()).hexdigest()


def channels() -> Mapping[str, tuple[Channel, ...]]:
    """Login (or `*`: every message) → channels. Raises Refused with every fault of the table."""
    path = Path(settings.ZHUANBAN_HOME) / FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    found, problems = read_channels(content, path.name)
    if problems:
        raise Refused(problems)
    return found


def read_channels(content: bytes, file: str) -> tuple[dict[str, tuple[Channel, ...]], list[Problem]]:
    """The table, and every fault found. What is wrong with an address is said without the address."""
    import apprise  # noqa: PLC0415  (an eighth of a second, for sites that have channels)

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, [says.UNREADABLE.at(Place(file=file))]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    reader.fieldnames = [head.strip() for head in reader.fieldnames or ()]
    missing = [
        says.HEADS.at(Place(file=file, line=1), head=head) for head in TABLE_HEADS if head not in reader.fieldnames
    ]
    if missing:
        return {}, missing
    found: dict[str, list[Channel]] = defaultdict(list)
    problems: list[Problem] = []
    for row in reader:
        login, address = ((row.get(head) or "").strip() for head in TABLE_HEADS)
        place = Place(file=file, line=reader.line_num)
        if not login and not address:
            continue
        if not login or not address:
            problems.append(says.EMPTY.at(place))
        elif apprise.Apprise.instantiate(address, suppress_exceptions=True) is None:
            problems.append(says.ADDRESS.at(place, line=reader.line_num))
        else:
            found[login].append(Channel(address))
    return {login: tuple(each) for login, each in found.items()}, problems
