# What one does here every day. `just` lists it.

# A proof that fails must not hide behind `tee`.
set shell := ["bash", "-euo", "pipefail", "-c"]

_default:
    @just --list

# Everything CI checks
ci:
    ./test

# Only the tests; `just test heated` runs those with that word in their name
test *words:
    cargo test --features testing {{words}}

# Put the source in form
fmt:
    cargo fmt

# What clippy thinks
lint:
    cargo clippy --all-targets --features testing -- -D warnings

# Documentation of the library, opened in a browser
doc:
    cargo doc --no-deps --open

# The loopback Discord with a conversation that shows all three jobs
demo:
    cargo run --release -- sandbox --demo

# The sandbox's page in a real browser; `just page narrow` runs those with that word in their name
page word='':
    cargo build --features testing
    tests/browser/install.sh "${CARGO_TARGET_DIR:-target}/browser"
    node --test --test-concurrency=3 --test-timeout=180000 --test-reporter=spec --test-name-pattern='{{word}}' tests/browser/*.test.js

# The pictures in docs/screenshots/, taken anew; look at them before they go in
screenshots:
    cargo build --features testing
    tests/browser/install.sh "${CARGO_TARGET_DIR:-target}/browser"
    node tests/browser/screenshots.js

# The long proofs: crashes, worlds, load, a million cases. Hours, on both engines; their figures go to docs/figures.txt
prove:
    #!/usr/bin/env bash
    set -euo pipefail
    mkdir -p docs
    # Without PostgreSQL this stops here: a proof that was left out must not look like one that held.
    server=$(tests/postgres.sh start $$)
    trap 'tests/postgres.sh stop "$server"' EXIT
    export RUHEPOL_TEST_POSTGRES="$server" CI=true
    cargo test --release --features testing -- --ignored --nocapture --test-threads 1 | tee docs/figures.txt

# Known vulnerabilities in dependencies; needs cargo-deny and the network
audit:
    cargo deny check advisories
