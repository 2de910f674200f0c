"""Do the tables of a pack hold together? Every figure can be made, every sum is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhuanban.pack import problems
from zhuanban.pack.checker import NUMERIC, Checker
from zhuanban.pack.problems import hint
from zhuanban.pack.values import CHOICES, Column, Field, Table
from zhuanban.pack.vocabulary import COLUMN_WORDS, TYPE_WORDS


class TableChecker(Checker):
    """Checks the tables."""

    def table(self, table: Table) -> None:
        for column in table.columns.values():
            self.column(table, column)
        self.loops(table)
        self.rows(table)
        for order in table.orders:
            for name in (order.less, order.more):
                named = table.columns.get(name)
                if named is None:
                    advice = hint(name, table.columns)
                    self.problems.append(problems.NO_COLUMN.at(order.at, word=name, hint=advice))
                elif named.kind in ("ratio", "text"):
                    kind = COLUMN_WORDS[named.kind]
                    self.problems.append(problems.NOT_COMPARABLE.at(order.at, column=named.title, kind=kind))

    def column(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key)
        if column.level:
            self.regions(table, column)
        if column.question is not None:
            question = column.question
            word = "with" if column.level else "sum" if question.sum else "count"
            ledger = self.find_ledger(question.ledger, *here, word)
            if ledger is None:
                return
            self.conditions(ledger, question.where, *here, "where")
            self.reached(ledger, question.reached, *here, "reached")
            if question.sum:
                field = self.find_field(ledger, question.sum, *here, "sum")
                if field is not None and field.type not in NUMERIC:
                    kind = TYPE_WORDS[field.type]
                    self.wrong(problems.SUM_OF_WORDS, *here, "sum", field=field.title, kind=kind)
            if table.rows.by not in ("region", "unit") and not column.level:
                by = ledger.fields.get(table.rows.by)
                if by is None or by.type not in CHOICES:
                    choices = [f.key for f in ledger.fields.values() if f.type in CHOICES]
                    advice = hint(table.rows.by, ("region", "unit", *choices))
                    words = {"by": table.rows.by, "column": column.title, "ledger": ledger.title}
                    self.wrong(problems.ROWS_NOT_COUNTED, *here, word, **words, hint=advice)
        elif column.ratio is not None:
            self.ratio(table, column)
        elif column.text is not None:
            self.text(table, column)
        elif not column.level:
            self.formula(table, column)

    def regions(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key)
        self.level(column.level, *here, "regions")
        if table.rows.by != "region":
            self.wrong(problems.REGIONS_IN_ROWS, *here, "regions", column=column.title, by=table.rows.by)
        ledger = self.pack.ledgers.get(column.question.ledger) if column.question is not None else None
        titles = {level.key: level.title for level in self.pack.grid.levels}
        if ledger is not None and ledger.region_level in titles and column.level in titles:
            depth = list(titles)
            if depth.index(ledger.region_level) < depth.index(column.level):
                words = {"column": column.title, "level": titles[column.level], "ledger": ledger.title}
                self.wrong(problems.LEVEL_ABOVE, *here, "regions", **words, own=ledger.region_level)

    def parts(self, table: Table, names: Iterable[str], *path: str | int) -> list[Column]:
        """The named columns; unknown ones are reported. Each with its place in the list."""
        found = []
        for i, name in enumerate(names):
            column = table.columns.get(name)
            if column is not None:
                found.append(column)
            elif name:
                self.wrong(problems.NO_COLUMN, *path, i, word=name, hint=hint(name, table.columns))
        return found

    def ratio(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key, "ratio")
        found = self.parts(table, column.ratio or (), *here)
        for part in found:
            if part.kind in ("ratio", "text"):
                words = {"column": column.title, "part": part.title, "kind": f"{COLUMN_WORDS[part.kind]}列"}
                self.wrong(problems.PART_NOT_COUNT, *here, **words)
        if len(found) == 2 and found[0].decimals != found[1].decimals:
            words = {"column": column.title, "one": found[0].title, "two": found[1].title}
            self.wrong(problems.DECIMALS_DIFFER, *here, **words)

    def formula(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key)
        found = self.parts(table, column.plus, *here, "plus") + self.parts(table, column.minus, *here, "minus")
        for part in found:
            if part.kind in ("ratio", "text"):
                words = {"column": column.title, "part": part.title, "kind": f"{COLUMN_WORDS[part.kind]}列"}
                self.wrong(problems.NOT_A_PART, *here, **words)
        measured = [(part.title, self.measured(table, part)) for part in found]
        known = [(title, word, decimals) for title, got in measured if got for word, decimals in (got,)]
        for title, word, decimals in known[1:]:
            first, first_word, first_decimals = known[0]
            if word != first_word or decimals != first_decimals:
                one = f"“{first}”（{first_word or '数'}）"
                two = f"“{title}”（{word or '数'}）"
                self.wrong(problems.NOT_ADDABLE, *here, "plus", column=column.title, one=one, two=two)
                break

    def measured(self, table: Table, column: Column, seen: frozenset[str] = frozenset()) -> tuple[str, int] | None:
        """What a column is measured in: counting word or unit, and decimals. None where it is not known."""
        if column.level:
            return next((level.title for level in self.pack.grid.levels if level.key == column.level), ""), 0
        if column.question is not None:
            ledger = self.pack.ledgers.get(column.question.ledger)
            if ledger is None:
                return None
            if not column.question.sum:
                return column.word or ledger.word, 0
            field = ledger.fields.get(column.question.sum)
            return None if field is None else (field.unit, field.decimals)
        for name in column.plus:
            part = table.columns.get(name)
            if part is not None and name not in seen:
                return self.measured(table, part, seen | {name})
        return None

    def text(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key, "text")
        ledger_key, field_key = column.text or ("", "")
        ledger = self.find_ledger(ledger_key, *here)
        if ledger is None:
            return
        if field_key:
            self.find_field(ledger, field_key, *here)
        if table.rows.by not in ("region", "unit"):
            self.wrong(problems.TEXT_ROWS, *here, column=column.title, by=table.rows.by)
        elif ledger.one_per != (table.rows.by,):
            words = {"column": column.title, "ledger": ledger.title, "by": table.rows.by}
            self.wrong(problems.TEXT_NOT_ONE, *here, **words)

    def loops(self, table: Table) -> None:
        """Formulas and ratios that need themselves; each circle is said once, at its first column."""
        needs: Mapping[str, tuple[str, ...]] = {
            key: (*column.plus, *column.minus, *(column.ratio or ())) for key, column in table.columns.items()
        }
        done: set[str] = set()

        def follow(key: str, path: list[str]) -> None:
            if key in path:
                circle = path[path.index(key) :]
                if not done.intersection(circle):
                    done.update(circle)
                    first = min(circle, key=list(table.columns).index)
                    titles = " → ".join(table.columns[each].title for each in (*circle, key))
                    where = ("tables", table.key, "columns", first)
                    self.wrong(problems.LOOP, *where, column=table.columns[first].title, path=titles)
                return
            if key in settled or key not in needs:
                return
            for part in needs[key]:
                follow(part, [*path, key])
            settled.add(key)

        settled: set[str] = set()
        for key in needs:
            follow(key, [])

    def rows(self, table: Table) -> None:
        here = ("tables", table.key, "rows")
        rows = table.rows
        if rows.total and table.columns and all(column.kind == "text" for column in table.columns.values()):
            self.wrong(problems.TOTAL_OF_TEXT, *here, "total", total=rows.total)
        seen: set[str] = set()
        for i, name in enumerate(rows.names):
            if name in seen:
                self.wrong(problems.ROW_TWICE, *here, "names", i, row=name)
            seen.add(name)
        if rows.rest and rows.by in ("region", "unit"):
            self.wrong(problems.REST_OF_NAMES, *here, "rest", by=rows.by)
        if rows.by == "region":
            if rows.names:
                self.wrong(problems.NAMES_OF_REGIONS, *here, "names")
            return
        if rows.by == "unit":
            return
        fields: dict[str, Field] = {}
        for column in table.columns.values():
            asked = column.question if not column.level else None
            ledger = self.pack.ledgers.get(asked.ledger) if asked is not None else None
            if ledger is not None and rows.by in ledger.fields:
                fields.setdefault(ledger.key, ledger.fields[rows.by])
        for field in fields.values():
            if field.many and rows.total:
                self.wrong(problems.ROWS_OVERLAP, *here, "total", field=field.title, total=rows.total)
            titles = [option.title for option in field.options]
            for i, name in enumerate(rows.names):
                if titles and not field.open and name not in titles:
                    advice = self._option_hint(field, name)
                    self.wrong(problems.NO_OPTION, *here, "names", i, field=field.title, word=name, hint=advice)
