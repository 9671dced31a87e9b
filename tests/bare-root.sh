#!/usr/bin/env bash
# Proof that a minimal Debian 12 with python3, python3-venv and make is enough, for an ordinary user:
# lays down such a system in a temporary folder, clones the checkout's last commit into it, and runs the two
# commands of the README there. Needs root and debootstrap; takes some minutes and the machine's package mirrors.
#
#   tests/bare-root.sh [COMMIT]
set -euo pipefail
cd "$(dirname "$0")/.."

commit=${1:-HEAD}
suite=bookworm
user=clerk
home=/home/$user/alertd

fail() { echo "bare-root: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "only root can lay down a system; run it as root"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"

root=$(mktemp -d -p "${TMPDIR:-/tmp}" bare-root.XXXXXX)
chmod 755 "$root" # or only root could enter
trap 'rm -rf --one-file-system "$root"' EXIT

# The mirror this machine uses already, whichever it is.
mirror() {
  apt-get indextargets --format '$(SITE) $(RELEASE)' "Created-By: Packages" |
    awk -v suite="$suite" '$2 == suite {print $1; exit}'
}

# Runs a command inside, in namespaces of its own: whatever it mounts or starts is gone when it ends.
inside() { unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" "$@"; }
as_user() { inside setpriv --reuid "$user" --regid "$user" --init-groups env -C "$home" "${lent[@]}" "$@"; }

# How this machine reaches a package index (certificates, pip's settings) belongs to its network, not to alertd.
lend_network() {
  local file
  for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    [ ! -e "$file" ] || install -D -m 644 "$(readlink -f "$file")" "$root$file"
  done
  lent=(-i HOME="/home/$user" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8)
  while IFS= read -r -d '' file; do
    case $file in
      PIP_FIND_LINKS=*) ;; # a folder of this machine
      PIP_* | http_proxy=* | https_proxy=* | HTTP_PROXY=* | HTTPS_PROXY=* | no_proxy=*) lent+=("$file") ;;
    esac
  done </proc/self/environ
}

site=$(mirror)
echo "bare-root: laying down Debian $suite"
debootstrap --variant=minbase --include=python3,python3-venv,make "$suite" "$root" "$site" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; rm -f "$root.log"; fail "debootstrap failed"; }
rm -f "$root.log"
lend_network

inside useradd --create-home "$user"
mkdir -p "$root$home"
git archive "$commit" | tar -x -C "$root$home"
inside chown -R "$user:$user" "$home"

echo "bare-root: make setup, as $user"
as_user make setup
as_user .venv/bin/alertd --version
echo "bare-root: alertd check"
as_user .venv/bin/alertd check
echo "bare-root: make run, stopped after 10 s"
status=0
as_user timeout --signal=TERM --kill-after=20 10 make run || status=$?
[ "$status" = 124 ] || fail "make run ended by itself with $status"
echo "bare-root: a minimal Debian is enough"
