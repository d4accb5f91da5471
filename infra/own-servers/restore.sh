#!/bin/sh
# restore.sh BACKUPS DATA TIME: makes DATA, which must not exist, a cluster as it was at TIME (UTC, such as 2026-11-28T12:00:00Z), out
# of what backup.sh and the archive have kept. Start Postgres on it, as the user that owns it: it reads the log up to that instant
# and then takes connections. Nothing of the old cluster is changed. What is to be done before and afterwards stands in
# docs/own-servers.md.
set -eu

usage='restore.sh BACKUPS DATA TIME'
backups=${1:?$usage} data=${2:?$usage} time=${3:?$usage}
fail() { echo "restore: $*" >&2; exit 1; }

[ ! -e "$data" ] || fail "$data exists"
printf '%s\n' "$time" | grep -Eqx '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z' ||
    fail "'$time' is no instant of UTC such as 2026-11-28T12:00:00Z"
# A copy serves for what came after it, so the newest one from before.
base=
for each in "$backups"/base-*Z; do
    began=${each##*/base-}
    [ "$(printf '%s\n%s\n' "$began" "$time" | LC_ALL=C sort | head -n 1)" = "$began" ] && base=$each
done
[ -n "$base" ] || fail "no copy in $backups is from before $time"
wal=$(cd "$backups/wal" && pwd)
cp -a "$base" "$data"
# As Postgres reads it whatever it has loaded: names of time zones, of which Z is one, it may not know yet.
instant=$(printf '%s\n' "$time" | sed 's/T/ /; s/Z$/+00/')
# Two clusters must not write one archive: the restored one begins a timeline of its own, and archives once somebody says where.
cat >>"$data/postgresql.auto.conf" <<SETTINGS
restore_command = 'cp "$wal/%f" "%p"'
recovery_target_time = '$instant'
recovery_target_action = 'promote'
archive_mode = 'off'
SETTINGS
touch "$data/recovery.signal"
printf 'restore: %s out of %s; start Postgres on it\n' "$data" "$base" >&2
