#!/bin/sh
# Builds the program twice from one commit, in two folders with a registry of cargo each, and compares the bytes:
#
#     packaging/reproduce.sh [PROFILE]
#
# PROFILE is `release`, or `dev`. Both builds take in all packages anew: about twice as long as a first build. Prints the
# checksum. Whoever builds the same commit with the same compiler and these flags gets it too, wherever the folders are.
#
# If release builds differ: the compiler does not always order alike the ways that lead to one place of a function, if there are
# some sixteen of them, and then much else is named and placed differently. Build the library twice with
# `cargo rustc --release --lib -- -C save-temps`. The `.no-opt.bc` are the same; among the `.thin-lto-input.bc` one or few
# differ, and `llvm-dis` (rustup's component llvm-tools) and `diff` show in which function. Give it fewer ways out.
set -eu
cd "$(dirname "$0")/.."
profile=${1:-release}
folder=$profile
[ "$profile" != dev ] || folder=debug
commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() {
  mkdir -p "$1/src" "$1/home"
  git archive "$commit" | tar -x -C "$1/src"
  (
    cd "$1/src"
    export CARGO_HOME="$1/home" CARGO_INCREMENTAL=0 QUEUESTAT_COMMIT="$commit"
    # Line tables name folders too; release builds have none.
    export CARGO_PROFILE_DEV_DEBUG=0
    # Where a package lies, and what its build has written for it, is in the messages of its panics and in what C compilers keep.
    export RUSTFLAGS="--remap-path-prefix=$1=/build" CFLAGS="-ffile-prefix-map=$1=/build"
    export CARGO_TARGET_DIR="$1/target"
    # These would take the place of the flags, or put the program into another folder.
    unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET
    cargo build --locked --profile "$profile" 1>&2
  )
  cp "$1/target/$folder/queuestat" "$2"
  rm -rf "$1"
}

build "$work/one" "$work/first"
build "$work/two/deeper" "$work/second"
if grep --quiet --fixed-strings --text "$work" "$work/first"; then
  echo "reproduce.sh: the program names the folder that it was built in" >&2
  exit 1
fi
if ! cmp "$work/first" "$work/second"; then
  echo "reproduce.sh: two builds of $commit differ" >&2
  exit 1
fi
sha256sum <"$work/first" | sed "s/-\$/queuestat, $profile, commit $commit/"
