#!/usr/bin/env bash
# Formatter, linter, strict types, arrows between rooms. Runs all four and reports all, never only the first.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
.venv/bin/ruff format --check --quiet --diff . || failed=1
.venv/bin/ruff check --quiet . || failed=1
.venv/bin/mypy || failed=1
.venv/bin/lint-imports --no-cache || failed=1
exit $failed
