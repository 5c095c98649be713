#!/usr/bin/env bash
# install.sh FOLDER: puts the clients nobody here wrote into FOLDER (discord.js with npm, discord.py and hikari with pip), in the
# versions and with the digests of the lock files beside this script. Does nothing where they are already there.
# Exit codes: 3 without node and npm or Python 3.11 with venv, 4 if a registry cannot be reached.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
folder=$1

command -v node >/dev/null && command -v npm >/dev/null || { echo "node or npm is missing" >&2; exit 3; }
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 17) ? 0 : 1)' \
    || { echo "node is older than 18.17" >&2; exit 3; }
python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    || { echo "Python 3.11 with venv is missing" >&2; exit 3; }

want=$(cat "$here"/discordjs/package-lock.json "$here"/python/requirements.txt | cksum)
[ "$(cat "$folder/installed" 2>/dev/null || true)" = "$want" ] && exit 0

rm -rf "$folder"
mkdir -p "$folder/js"
cp "$here"/discordjs/package.json "$here"/discordjs/package-lock.json "$folder/js/"
(cd "$folder/js" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || exit 4
python3 -m venv "$folder/py"
"$folder/py/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r "$here/python/requirements.txt" >&2 || exit 4
printf '%s\n' "$want" > "$folder/installed"
