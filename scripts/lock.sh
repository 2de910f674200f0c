#!/usr/bin/env bash
# Makes requirements.lock and requirements-dev.lock from the .in files, with hashes, for every system and Python >= 3.11.
# Versions that are locked stay as they are unless the .in files or --upgrade say otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9
compile=("$tools/venv/bin/uv" pip compile --quiet --system-certs --universal --python-version 3.11
  --generate-hashes --custom-compile-command "make lock" "$@")
"${compile[@]}" requirements.in --output-file requirements.lock
"${compile[@]}" requirements-dev.in --output-file requirements-dev.lock
