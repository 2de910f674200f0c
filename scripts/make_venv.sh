#!/usr/bin/env bash
# Makes .venv if there is none, installs one lock into it, and the program itself as editable.
# Usage: scripts/make_venv.sh requirements.lock
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python=""
  for candidate in ${PYTHON:-} python3.11 python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      python=$candidate
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed; set PYTHON to its path. 需要 Python 3.11 或更新的版本。" >&2
    exit 1
  fi
  # Debian keeps what `venv` needs in a package of its own.
  "$python" -c 'import ensurepip' >/dev/null 2>&1 || scripts/debian_packages.sh python3-venv
  echo "Making .venv with $("$python" --version) ..."
  "$python" -m venv .venv
fi

echo "Installing $lock ..."
# What builds is locked too, and goes in first; without build isolation nothing is fetched behind the hashes' back.
builder=$(mktemp)
trap 'rm -f "$builder"' EXIT
awk '/^[a-z]/ { wanted = /^setuptools==/ } wanted' requirements.lock >"$builder"
pip=(.venv/bin/python -m pip install --quiet)
"${pip[@]}" --require-hashes -r "$builder"
"${pip[@]}" --require-hashes --no-build-isolation --use-pep517 -r "$lock"
PYTHONWARNINGS=ignore "${pip[@]}" --no-deps --no-build-isolation --no-index --editable .
