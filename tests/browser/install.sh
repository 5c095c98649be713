#!/usr/bin/env bash
# install.sh FOLDER: puts playwright-core and axe-core into FOLDER, in the versions and with the digests of package-lock.json.
# The browser is the system's Chromium; none is downloaded. Does nothing where they are already there.
# Exit codes: 3 without node, npm or Chromium, 4 if the package registry cannot be reached.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
folder=$1

command -v node >/dev/null && command -v npm >/dev/null || { echo "node or npm is missing" >&2; exit 3; }
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' || { echo "node is older than 18" >&2; exit 3; }
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || { echo "chromium is missing" >&2; exit 3; }

want=$(cksum < "$here/package-lock.json")
[ "$(cat "$folder/installed" 2>/dev/null || true)" = "$want" ] && exit 0

rm -rf "$folder"
mkdir -p "$folder"
cp "$here/package.json" "$here/package-lock.json" "$folder/"
(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || exit 4
printf '%s\n' "$want" > "$folder/installed"
