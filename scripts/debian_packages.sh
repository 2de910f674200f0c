#!/usr/bin/env bash
# Installs the named Debian packages, by default those of debian-packages.txt, if any is missing: as root or through
# passwordless sudo. Where neither is to be had, prints the one line to type and stops.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then wanted=("$@"); else mapfile -t wanted < <(sed -E 's/ *#.*//; /^$/d' scripts/debian-packages.txt); fi

if ! command -v dpkg-query >/dev/null; then
  echo "This is not Debian: please make sure that these are installed: ${wanted[*]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "These Debian packages are missing; please type:" >&2
    echo "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  sudo=(sudo -n)
fi
echo "Installing Debian packages: ${missing[*]} ..."
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
