#!/bin/sh
# A private PostgreSQL for tests, from the installed binaries. Nothing of it survives `stop` or a power cut.
#
#   tests/postgres.sh start [PID]   starts one, prints its URL; with PID it stops by itself when that process has ended
#   tests/postgres.sh stop URL      stops it and removes its files
#   tests/postgres.sh pause URL     stops it as a crash would, keeping its files
#   tests/postgres.sh resume URL    starts a paused one again at the same URL
#
# Exit code 3: no PostgreSQL is installed. As root it runs as the user `postgres`, since the server refuses root.
set -eu

find_binaries() {
    newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -n 1)
    for folder in "$newest" $(command -v initdb >/dev/null 2>&1 && dirname "$(command -v initdb)"); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return
        fi
    done
    echo "postgres.sh: no PostgreSQL found under /usr/lib/postgresql or in PATH" >&2
    exit 3
}

as_owner() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif command -v setpriv >/dev/null 2>&1; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        runuser -u postgres -- "$@"
    fi
}

# The folder stands percent-encoded in the host part: postgres://postgres@%2Ftmp%2Fruhepol-pg.x/postgres
folder_of() {
    folder=$(echo "$1" | sed -n 's|^postgres://postgres@\(%2F[^/]*\)/.*|\1|p' | sed 's|%2F|/|g')
    case "$folder" in
        */ruhepol-pg.*) echo "$folder" ;;
        *) echo "postgres.sh: not a URL printed by start: $1" >&2; exit 2 ;;
    esac
}

launch() {
    as_owner "$bin/pg_ctl" -D "$1/data" -l "$1/log" -w -t 30 -s start -o "-k $1 -c listen_addresses='' \
        -c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=128MB \
        -c autovacuum=${RUHEPOL_TEST_AUTOVACUUM:-off}" >&2 || { cat "$1/log" >&2; exit 1; }
}

halt() {
    if [ -f "$1/data/postmaster.pid" ]; then
        as_owner "$bin/pg_ctl" -D "$1/data" -m immediate -w -t 30 -s stop >&2 || true
    fi
}

bin=$(find_binaries)
# The server's user must be able to stand where it is started.
cd /
case "${1:-}" in
    start)
        folder=$(mktemp -d "${TMPDIR:-/tmp}/ruhepol-pg.XXXXXX")
        chmod 711 "$folder"
        [ "$(id -u)" -ne 0 ] || chown postgres: "$folder"
        as_owner "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder.out" 2>&1 ||
            { cat "$folder.out" >&2; rm -rf "$folder" "$folder.out"; exit 1; }
        rm -f "$folder.out"
        launch "$folder"
        url="postgres://postgres@$(echo "$folder" | sed 's|/|%2F|g')/postgres"
        if [ -n "${2:-}" ]; then
            # Outlives this script; watches the process it was started for.
            (while kill -0 "$2" 2>/dev/null && [ -d "$folder" ]; do sleep 1; done; halt "$folder"; rm -rf "$folder") \
                </dev/null >/dev/null 2>&1 &
        fi
        echo "$url"
        ;;
    stop)
        folder=$(folder_of "${2:?URL}")
        halt "$folder"
        rm -rf "$folder"
        ;;
    pause)
        halt "$(folder_of "${2:?URL}")"
        ;;
    resume)
        launch "$(folder_of "${2:?URL}")"
        ;;
    *)
        sed -n '2,9p' "$0" >&2
        exit 2
        ;;
esac
