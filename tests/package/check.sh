#!/bin/bash
# The Debian package, installed into a clean Debian:
#
#     tests/package/check.sh target/debug/queuestat
#
# It needs root, dpkg-dev, mmdebstrap and a mirror of Debian. The clean Debian is a throw-away folder; nothing is installed here. A
# night is run there as the user of the package, by the command of the service. QUEUESTAT_ROOT names a folder that holds a
# clean Debian already (it is copied).
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
root=$work/root
. /etc/os-release

fail() { echo "package: $*" >&2; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
as_user() { chroot --userspec=queuestat:queuestat "$root" /usr/bin/env -i "$@"; }

# The debug program without what only a debugger reads, which is nine tenths of it.
mkdir "$work/bin"
strip --strip-debug -o "$work/bin/queuestat" "$binary"
export DEB_COMPRESS=gzip
package=$(packaging/deb.sh "$work/bin/queuestat" "$work/one")
cmp "$package" "$(packaging/deb.sh "$work/bin/queuestat" "$work/two")" || fail "two packages of one program differ"

# The units of the package are those of the guide, at other places.
python3 - <<'EOF'
import re
def lines(text):
    return [line for line in text.splitlines() if line and not line.startswith(("#", "OnFailure=", "Documentation="))]
blocks = re.findall(r"```ini\n(.*?)```", open("src/cli/guide/nightly.md").read(), re.S)
service = next(block for block in blocks if "[Service]" in block)
timer = next(block for block in blocks if "[Timer]" in block)
for old, new in [("/usr/local/bin/", "/usr/bin/"), ("/srv/queue/queuestat.toml", "/etc/queuestat/queuestat.toml"), ("/srv/queue", "/var/lib/queuestat")]:
    service = service.replace(old, new)
assert lines(service) == lines(open("packaging/systemd/queuestat.service").read()), "the services differ"
assert lines(timer) == lines(open("packaging/systemd/queuestat.timer").read()), "the timers differ"
EOF

if [ -n "${QUEUESTAT_ROOT:-}" ]; then
  cp -a "$QUEUESTAT_ROOT" "$root"
else
  mmdebstrap --quiet --variant=minbase "$VERSION_CODENAME" "$root"
fi
cp "$package" "$root/queuestat.deb"
inside dpkg --install /queuestat.deb >/dev/null
same "what dpkg finds changed" "$(inside dpkg --verify queuestat)" ""

# The user, its folders, and a timer that nobody has enabled.
same "the user" "$(inside getent passwd queuestat | cut -d : -f 6,7)" /var/lib/queuestat:/usr/sbin/nologin
same "its folder" "$(inside stat -c '%U %G %a' /var/lib/queuestat)" "queuestat queuestat 751"
same "the archive" "$(inside stat -c '%U %G %a' /var/lib/queuestat/archive)" "root queuestat 2750"
[ -f "$root/lib/systemd/system/queuestat.timer" ] || fail "there is no timer"
same "what is enabled" "$(find "$root/etc/systemd" -name 'queuestat*' 2>/dev/null)" ""
same "files that all may write" "$(inside dpkg --listfiles queuestat | (cd "$root" && sed 's,^/,./,' | xargs -I '{}' find '{}' -maxdepth 0 ! -type l -perm /022))" ""

inside queuestat --version | grep -q "^queuestat [0-9]" || fail "the program does not run"
pages=$(find "$root/usr/share/man/man1" -name 'queuestat*.1.gz' 2>/dev/null | wc -l)
# A minimal Debian may leave out pages and documents when it installs; they are in the package.
listed=$(inside dpkg --listfiles queuestat)
for name in man1/queuestat.1.gz man1/queuestat-nightly.1.gz doc/queuestat/copyright doc/queuestat/queuestat.cdx.json.gz completions/queuestat \
  doc/queuestat/THIRD-PARTY.txt.gz zsh/vendor-completions/_queuestat; do
  grep -q "$name" <<<"$listed" || fail "there is no $name"
done
[ "$pages" -eq 0 ] || [ "$pages" -gt 15 ] || fail "only $pages man pages"

# Two nights, by the command of the service: in the first nothing is there yet.
command=$(sed -n 's/^ExecStart=//p' packaging/systemd/queuestat.service)
code=0
as_user $command 2>"$work/said" || code=$?
[ "$code" -eq 2 ] || fail "a night without webhooks ended with $code: $(cat "$work/said")"
first=$(date --utc --date '20 days ago' +%F)
"$binary" synth --out "$work/demo" --tickets 400 --locations 2 --days 18 --first-day "$first"
cp -r "$work/demo/." "$root/var/lib/queuestat/archive/"
# Whoever records owns it; by its group, which the folder gives on, the user may read it.
chgrp -R --reference "$root/var/lib/queuestat/archive" "$root/var/lib/queuestat/archive"
chmod -R u=rwX,g=rX,o= "$root/var/lib/queuestat/archive"
code=0
as_user $command 2>"$work/said" || code=$?
case $code in 0|3) ;; *) fail "a night ended with $code: $(cat "$work/said")" ;; esac
tickets=$(cat "$root"/var/lib/queuestat/site/current/last-28-days/*/locations.csv | python3 -c '
import csv, sys
rows = [row for row in csv.DictReader(sys.stdin) if row["tickets"] != "tickets"]
print(sum(int(row["tickets"]) for row in rows))')
[ "$tickets" -gt 300 ] || fail "the report has $tickets tickets"
whole=$("$binary" ask "$work/demo" --measure tickets --by organization --from "$first" --to yesterday --format csv 2>/dev/null | tail -n 1 | cut -d , -f 2)
same "tickets in the report" "$tickets" "$whole"
same "the state" "$(inside stat -c '%U %a' /var/lib/queuestat/state)" "queuestat 700"
if as_user touch /etc/queuestat/x 2>/dev/null; then fail "the user may write its configuration"; fi
if as_user touch /var/lib/queuestat/archive/x 2>/dev/null; then fail "the user may write the archive"; fi

# An upgrade keeps what was changed in the configuration; removing and purging keep the data.
echo "# mine" >>"$root/etc/queuestat/queuestat.toml"
inside dpkg --install /queuestat.deb >/dev/null
grep -q "# mine" "$root/etc/queuestat/queuestat.toml" || fail "an upgrade undid the configuration"
inside dpkg --remove queuestat >/dev/null
[ ! -e "$root/usr/bin/queuestat" ] || fail "the program is still there"
inside dpkg --purge queuestat >/dev/null 2>&1
[ ! -e "$root/etc/queuestat/queuestat.toml" ] || fail "the configuration is still there"
[ -e "$root/var/lib/queuestat/site/current/index.html" ] && [ -d "$root/var/lib/queuestat/state" ] || fail "a purge took the data"

if command -v systemd-analyze >/dev/null; then
  # It looks for the program, which is in the package only.
  mkdir "$work/units"
  for unit in service timer; do sed 's,^ExecStart=.*,ExecStart=/bin/true,' "packaging/systemd/queuestat.$unit" >"$work/units/queuestat.$unit"; done
  systemd-analyze verify --man=no "$work/units/queuestat.service" "$work/units/queuestat.timer" 2>&1 | grep -F "$work" >"$work/wrong" || true
  same "what systemd finds wrong" "$(cat "$work/wrong")" ""
fi
if command -v systemd-sysusers >/dev/null; then
  mkdir -p "$work/users/etc"
  systemd-sysusers --root "$work/users" "$PWD/packaging/systemd/queuestat.sysusers" 2>/dev/null
  grep -q '^queuestat:' "$work/users/etc/passwd" || fail "systemd makes no user"
fi
echo "package: installed, upgraded, removed; a night with $tickets tickets"
