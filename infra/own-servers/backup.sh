#!/bin/sh
# backup.sh BACKUPS URL: copies the whole cluster of Postgres into BACKUPS/base-TIME (UTC), from which it can be restored to any
# later second of which the write-ahead log is kept. URL is that of a user who may replicate. For that, once, in postgresql.conf:
#
#   archive_mode = on
#   archive_timeout = 60
#   archive_command = 'test ! -f BACKUPS/wal/%f && cp %p BACKUPS/wal/%f.new && mv BACKUPS/wal/%f.new BACKUPS/wal/%f'
#
# Copies and logs older than DIVBASE_BACKUP_DAYS (14) go, but never the last copy from before that and what it needs.
set -eu

backups=${1:?backup.sh BACKUPS URL} url=${2:?backup.sh BACKUPS URL}
days=${DIVBASE_BACKUP_DAYS:-14}
mkdir -p "$backups/wal"
rm -rf "$backups/new"
pg_basebackup --dbname "$url" --pgdata "$backups/new" --checkpoint fast --wal-method stream --no-password
pg_verifybackup --quiet "$backups/new"
# It serves for what comes after its end.
base=$backups/base-$(date -u +%Y-%m-%dT%H:%M:%SZ)
mv "$backups/new" "$base"

# The newest copy that is older than so many days is the first from which those days can be restored.
limit=$backups/base-$(date -u -d "@$(($(date +%s) - days * 86400))" +%Y-%m-%dT%H:%M:%SZ)
first=
for each in "$backups"/base-*Z; do
    [ "$(printf '%s\n%s\n' "$each" "$limit" | LC_ALL=C sort | head -n 1)" = "$each" ] && first=$each
done
if [ -n "$first" ]; then
    for each in "$backups"/base-*Z; do
        [ "$each" = "$first" ] && break
        rm -rf "$each"
    done
    # It names the first log that it needs.
    label=$(sed -n 's/^START WAL LOCATION: .*file \([0-9A-F]*\))$/\1/p' "$first/backup_label")
    pg_archivecleanup "$backups/wal" "$label"
fi
printf '%s\n' "$base"
