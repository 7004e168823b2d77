#!/usr/bin/env bash
# A guided tour in a scratch folder: a Git repository, a daemon on it, a change
# that a rule refuses, its mend, drift and an audit report. It ends by itself.
#   demo.sh HOLDFAST [FOLDER]
set -euo pipefail
holdfast=$1
here=$(cd "$(dirname "$0")" && pwd)
work=${2:-$(mktemp -d "${TMPDIR:-/tmp}/holdfast-demo.XXXXXX")}
mkdir -p "$work"
work=$(cd "$work" && pwd)
repo=$work/repo root=$work/machine config=$work/holdfast.yaml log=$work/daemon.log
daemon=

finish() {
	[ -z "$daemon" ] || { kill "$daemon" 2>/dev/null && wait "$daemon" || true; }
}
trap finish EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '  $ %s\n' "$*"; }
commit() { git -C "$repo" add -A && git -C "$repo" commit -q -m "$1"; }

# Waits until the target's last run is at the newest commit with the given outcome.
await() {
	local outcome=$1 revision
	revision=$(git -C "$repo" rev-parse HEAD)
	for _ in $(seq 1 150); do
		# Until the first run there is no state to read.
		if "$holdfast" status --config "$config" --format json 2>/dev/null >"$work/status.json" &&
			grep -q "\"outcome\": \"$outcome\"" "$work/status.json" && grep -q "\"seen\": \"$revision\"" "$work/status.json"; then
			return
		fi
		sleep 0.1
	done
	echo "the daemon did not get to $outcome at $revision; its log:" >&2
	cat "$log" >&2
	exit 1
}

git init -q -b main "$repo"
git -C "$repo" config user.name "Ada Example"
git -C "$repo" config user.email ada@example.com
cp -R "$here/site" "$repo/site"
mkdir -p "$root"
cat >"$config" <<YAML
source:
  git: {url: $repo, branch: main}
state: $work/state.db
server: {listen: "off"}
targets:
  - name: orders
    driver: host
    path: site
    mode: apply
    prune: true
    settings: {root: $root}
YAML
commit "The order service"

say "1. A Git repository says how a machine should be, and holdfast keeps it so."
show "holdfast run --config holdfast.yaml &"
"$holdfast" run --config "$config" --log-format text --color never 2>"$log" &
daemon=$!
await ok
find "$root" -type f -not -path '*/.holdfast/*' | sed "s|$root|  machine|" | sort

say "2. A commit cuts the retention of the backups to one day. A disaster recovery rule holds it back."
cp -R "$here/changes/01-short-retention/." "$repo/"
commit "Save space: keep backups for a day"
await blocked
show "holdfast check"
(cd "$repo" && "$holdfast" check . || true) | sed 's/^/  /'
echo "  On the machine, still: $(grep retention_days "$root/etc/orders/backup.yaml")"

say "3. The mend goes in."
cp -R "$here/changes/02-mended/." "$repo/"
commit "Keep backups for two weeks"
await ok
echo "  On the machine, now: $(grep retention_days "$root/etc/orders/backup.yaml")"

say "4. Someone edits a live file by hand. holdfast sees the drift and heals it."
echo "workers = 1" >"$root/etc/orders/orders.conf"
for _ in $(seq 1 600); do
	grep -q 'workers = 8' "$root/etc/orders/orders.conf" && break
	sleep 0.1
done
grep -q 'workers = 8' "$root/etc/orders/orders.conf"
grep 'drift=true' "$log" | tail -n 1 | sed -E 's/ (target|revision|run)=[^ ]*//g; s/^/  /'

say "5. How it stands, and a report for the auditor."
kill "$daemon" && wait "$daemon"
daemon=
"$holdfast" status --config "$config" | sed 's/^/  /'
"$holdfast" audit --config "$config" --format "html=$work/audit.html" 2>&1 | sed 's/^/  /'

say "Try next:"
cat <<TEXT
  $holdfast check $repo
  $holdfast explain dr/backup-retention
  open $work/audit.html
  rm -r $work
TEXT
