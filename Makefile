# Everything a newcomer types. `make demo` and `make test` do all that is needed before them.
#
# Recipes need no terminal and no input, and nothing in the environment but HOME and PATH.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
RUNS := .venv/.installed
DEV := .venv/.installed-dev

PORT ?=
PACK ?=
ARGS ?=

.PHONY: help setup dev packages demo serve test check fix bench faults audit lock clean

help:  ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1|\2/' | column -t -s '|'

setup: $(RUNS)  ## The environment (.venv) with what is locked
	@:

# Stamps: touched after an install that went through, older than a lock that changed since.
$(RUNS): requirements.lock pyproject.toml scripts/make_venv.sh
	@scripts/make_venv.sh requirements.lock
	@touch $@

$(DEV): requirements-dev.lock $(RUNS)
	@scripts/make_venv.sh requirements-dev.lock
	@touch $@

dev: $(DEV)  ## The same, with what tests and checks need
	@:

packages:  ## The Debian packages that tests need
	@scripts/debian_packages.sh

demo: $(RUNS)  ## The demo campaign, served (PORT=8000 PACK=name)
	@$(BIN)/zhuanban demo $(PACK) $(if $(PORT),--port $(PORT)) $(ARGS)

serve: $(RUNS)  ## What is in the data folder, served (PORT=8000)
	@$(BIN)/zhuanban serve $(if $(PORT),--port $(PORT)) $(ARGS)

test: packages $(DEV)  ## All tests, on PostgreSQL and on SQLite, and the checks
	@scripts/test.sh $(ARGS)

check: $(DEV)  ## Format, lint, types, arrows between rooms
	@scripts/check.sh

fix: $(DEV)  ## Mends what can be mended by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# The bench looks for PostgreSQL's address in ZHUANBAN_BENCH_POSTGRES; its own databases are SQLite otherwise.
bench: packages $(DEV)  ## Speed and size, printed as ratios in one run
	@$(BIN)/python scripts/with_postgres.py --durable --variable ZHUANBAN_BENCH_POSTGRES -- $(BIN)/python -m bench $(ARGS)

faults: packages $(DEV)  ## 200 kills at random moments, instead of 20
	@ZHUANBAN_KILLS=200 $(BIN)/pytest tests/faults $(ARGS)

# Strict: what could not be looked up counts as a failure. The system's certificates also hold an office's own proxy.
audit: $(DEV)  ## Known holes in what is locked
	@export REQUESTS_CA_BUNDLE=$$($(BIN)/python -c 'import ssl; print(ssl.get_default_verify_paths().cafile or "")'); \
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements-dev.lock

lock:  ## Makes the locks again (UPGRADE=--upgrade for newer versions)
	@scripts/lock.sh $(UPGRADE)

clean:  ## Removes caches; keeps .venv and data
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist bench/out
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
