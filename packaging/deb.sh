#!/bin/sh
# Makes a Debian package of a built program:
#
#     cargo build --release --locked && packaging/deb.sh target/release/queuestat target
#
# prints the path of the package, which is in the folder that is given. It needs dpkg-dev, gzip and python3 (the bill of materials). The
# same program, sources and tools give the same bytes. DEB_MAINTAINER names who answers for the package; DEB_COMPRESS
# is how dpkg-deb packs it (xz).
set -eu
program=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
umask 022
# Files have the time of the commit, or the one that is asked for.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.toml)
fi
export SOURCE_DATE_EPOCH

put() { install -D -m "$1" "$2" "$root/$3"; }
pack() { gzip -9n <"$1" >"$work/packed" && put 644 "$work/packed" "$2"; }

put 755 "$program" usr/bin/queuestat
"$program" man --dir "$work/man"
for page in "$work"/man/*.1; do pack "$page" "usr/share/man/man1/$(basename "$page").gz"; done
for shell in bash zsh fish; do "$program" completions "$shell" >"$work/$shell"; done
put 644 "$work/bash" usr/share/bash-completion/completions/queuestat
put 644 "$work/zsh" usr/share/zsh/vendor-completions/_queuestat
put 644 "$work/fish" usr/share/fish/vendor_completions.d/queuestat.fish
put 644 packaging/systemd/queuestat.service lib/systemd/system/queuestat.service
put 644 packaging/systemd/queuestat.timer lib/systemd/system/queuestat.timer
put 644 packaging/systemd/queuestat.sysusers usr/lib/sysusers.d/queuestat.conf
put 644 packaging/deb/queuestat.toml etc/queuestat/queuestat.toml

docs=usr/share/doc/queuestat
pack README.md $docs/README.md.gz
pack SECURITY.md $docs/SECURITY.md.gz
pack CHANGELOG.md $docs/CHANGELOG.md.gz
python3 packaging/sbom.py "$work/bom"
pack "$work/bom/queuestat.cdx.json" $docs/queuestat.cdx.json.gz
pack "$work/bom/THIRD-PARTY.txt" $docs/THIRD-PARTY.txt.gz
{
  echo "queuestat is under the MIT licence or the Apache licence 2.0, as you like. The Apache licence is in"
  echo "/usr/share/common-licenses/Apache-2.0. What it is made with is under the licences in THIRD-PARTY.txt.gz."
  echo
  cat LICENSE-MIT
} >"$work/copyright"
put 644 "$work/copyright" $docs/copyright

# Which versions of the C libraries it needs, found out from the program.
mkdir "$work/debian"
printf 'Source: queuestat\n\nPackage: queuestat\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "$root/usr/bin/queuestat" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "deb.sh: cannot find out which libraries the program needs" >&2; exit 1; }

install -d "$root/DEBIAN"
for script in postinst prerm postrm; do put 755 packaging/deb/$script DEBIAN/$script; done
echo /etc/queuestat/queuestat.toml >"$root/DEBIAN/conffiles"
(cd "$root" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -printf '%P\n' | LC_ALL=C sort | xargs md5sum) >"$root/DEBIAN/md5sums"
cat >"$root/DEBIAN/control" <<EOF
Package: queuestat
Version: $version
Architecture: $architecture
Maintainer: ${DEB_MAINTAINER:-queuestat maintainers <root@localhost>}
Installed-Size: $(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f 1)
Depends: $depends, passwd
Section: utils
Priority: optional
Description: ratings, waits and cancellations from archived queue webhooks
 Reads archived webhooks of Ombori Grid queues, and makes CSV files, charts and
 pages of what visitors waited, how they rated, and why visits were lost.
 .
 A timer for nightly reports comes with it, and is not enabled. The program has
 no network code.
EOF
find "$root" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
package=$out/queuestat_${version}_$architecture.deb
dpkg-deb --root-owner-group -Z"${DEB_COMPRESS:-xz}" --build "$root" "$package" >/dev/null
echo "$package"
