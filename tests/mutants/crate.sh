#!/bin/sh
# Makes a small crate of one floor and what lies below it, to be tested with cargo-mutants: crate.sh FLOOR FOLDER.
# The whole program takes a minute to build, this some seconds.
set -eu
floor=$1 to=$2
from=$(cd "$(dirname "$0")/../.." && pwd)
packages='serde|serde_json|chrono|chrono-tz|base64|xxhash-rust|wide|foldhash|hashbrown|rayon'
packages="$packages|unicode-normalization|unicode-joining-type|thiserror"
case $floor in
    statistics) floors=statistics packages='serde|serde_json' ;;
    ticket) floors='calendar webhook ticket' ;;
    metric) floors='calendar statistics webhook ticket dataframe metric' packages="$packages|polars" ;;
    *) echo "crate.sh: the floors are statistics, ticket and metric, not '$floor'" >&2; exit 2 ;;
esac

rm -rf "$to/src" "$to/tests" "$to/data"
mkdir -p "$to/src" "$to/tests"
cp -r "$from/data" "$from/README.md" "$from/Cargo.lock" "$to"
cp -r "$from/tests/fixtures" "$to/tests"
{
    printf '#![allow(dead_code, unused_imports, reason = "the floors above are not here")]\n'
    for one in $floors; do
        cp -r "$from/src/$one" "$to/src"
        if [ -f "$from/src/$one.rs" ]; then cp "$from/src/$one.rs" "$to/src"; fi
        printf 'pub mod %s;\n' "$one"
    done
} > "$to/src/lib.rs"
{
    printf '[package]\nname = "queuestat"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
    grep -E "^($packages) = " "$from/Cargo.toml"
    printf '\n[dev-dependencies]\n'
    grep -E '^(proptest|roxmltree|sha2|tempfile) = ' "$from/Cargo.toml"
    printf '\n[profile.dev]\ndebug = 0\n\n[profile.dev.package."*"]\nopt-level = 1\n'
} > "$to/Cargo.toml"
