"""Files that a sheet names: the photos in a folder beside the workbook become evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zhuanban.core.faults import reason
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.evidence.actions import keep
from zhuanban.ledger.fields import file_fields
from zhuanban.pack.values import Field, Ledger
from zhuanban.people.models import Campaign
from zhuanban.people.scope import Actor
from zhuanban.sheets import problems as says
from zhuanban.sheets.blame import at_cells
from zhuanban.sheets.rows import ReadRow

_MANY = re.compile(r"[、，,;；\n]+")


class Folder:
    """Turns file names into kept evidence, for one import; None: there is no folder, and each name is a problem.

    Only what lies in the folder itself is taken; a name may leave out its ending. Raises Refused where it is no folder.
    """

    def __init__(self, folder: Path | None, campaign: Campaign, ledger: Ledger, actor: Actor) -> None:
        self.campaign = campaign
        self.fields = {key: ledger.fields[key] for key in file_fields(ledger)}
        self.actor = actor
        self.folder = folder
        self._paths: list[Path] = []
        if folder is not None:
            try:
                self._paths = sorted(path for path in folder.iterdir() if path.is_file())
            except OSError as why:
                raise Refused(says.NO_FOLDER.at(Place(file=str(folder)), folder=folder, why=reason(why))) from why

    def settle(self, rows: Sequence[ReadRow], place: Place) -> list[ReadRow]:
        """The rows with references for names. What is not there, or not fit for its field, is a problem of its cell."""
        return [self._settled(row, replace(place, row=row.said.row)) for row in rows]

    def _settled(self, row: ReadRow, here: Place) -> ReadRow:
        named = {key: row.said.fields[key] for key in self.fields if key in row.said.fields}
        if not named:
            return row
        fields = {key: value for key, value in row.said.fields.items() if key not in named}
        problems: list[Problem] = []
        for key, text in named.items():
            refs, wrong = self._kept(self.fields[key], str(text))
            problems += wrong
            if not wrong:
                fields[key] = refs
        found = [*row.problems, *at_cells(problems, row, here)]
        return row._replace(said=row.said._replace(fields=fields), problems=found)

    def _kept(self, field: Field, text: str) -> tuple[list[dict[str, Any]], list[Problem]]:
        place = Place(field=field.title)
        if self.folder is None:
            return [], [says.NO_FILES.at(place, value=text)]
        refs: list[dict[str, Any]] = []
        wrong: list[Problem] = []
        whole = text.strip()
        for name in [whole] if self._find(whole) else [part.strip() for part in _MANY.split(whole) if part.strip()]:
            paths = self._find(name)
            if len(paths) != 1:
                kind = says.FILE_MANY if paths else says.FILE_NOT_THERE
                found = "、".join(path.name for path in paths[:4])
                wrong.append(kind.at(place, name=name, folder=self.folder.name, found=found))
                continue
            try:
                with paths[0].open("rb") as content:
                    refs.append(dict(keep(self.campaign, content, paths[0].name, self.actor.user_id, use=field.type)))
            except OSError as why:
                wrong.append(says.FILE_UNREAD.at(place, name=name, why=reason(why)))
            except Refused as refused:
                wrong += [problem.at(place) for problem in refused.problems]
        return refs, wrong

    def _find(self, name: str) -> list[Path]:
        return [p for p in self._paths if p.name == name] or [p for p in self._paths if p.stem == name]
