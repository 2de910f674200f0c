#!/usr/bin/env bash
# All tests: first those of the rooms with a database on a PostgreSQL of their own, then everything on SQLite.
# Both runs are made even if the first fails; the last line is pytest's own.
set -uo pipefail
cd "$(dirname "$0")/.."
unset ZHUANBAN_HOME ZHUANBAN_DATABASE_URL DJANGO_SETTINGS_MODULE
run=(.venv/bin/pytest -n 2 --dist worksteal --max-worker-restart 2 "$@")

echo "== on PostgreSQL"
.venv/bin/python scripts/with_postgres.py -- "${run[@]}"
postgres=$?

echo "== on SQLite"
ZHUANBAN_POSTGRES_RUN=$postgres "${run[@]}"
sqlite=$?

[ $postgres -eq 0 ] && [ $sqlite -eq 0 ]
