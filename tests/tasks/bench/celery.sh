#!/bin/sh
# Runs the Celery side of `make bench-tasks` against a RabbitMQ of its own on loopback, and the Postgres that
# BENCH_DATABASE names: celery.sh TASKS PROCESSES. Prints one line of JSON.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
folder=$(mktemp -d "$root/.local/bench-rabbit.XXXXXX")

free_port() {
    "$root/.local/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
port=$(free_port)
export HOME="$folder" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$port" RABBITMQ_DIST_PORT="$(free_port)"
export RABBITMQ_NODENAME="bench$$@localhost" RABBITMQ_MNESIA_BASE="$folder/mnesia" RABBITMQ_LOG_BASE="$folder/log"
export RABBITMQ_PID_FILE="$folder/pid" RABBITMQ_ENABLED_PLUGINS_FILE="$folder/plugins" RABBITMQ_CONFIG_FILE="$folder/none"
export ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(free_port)"
export LC_ALL=C.UTF-8

# The scripts of the package insist on the account rabbitmq; those of the library do not.
bin=/usr/lib/rabbitmq/bin
"$bin/rabbitmq-server" >"$folder/out" 2>&1 &
server=$!
stop() {
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    epmd -kill >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT INT TERM

tries=0
until "$root/.local/venv/bin/python" -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 120 ] || { cat "$folder/out" >&2; exit 1; }
    sleep 0.5
done
sleep 1

BENCH_BROKER="amqp://guest:guest@127.0.0.1:$port//"
export BENCH_BROKER
cd "$here"
line=$("$root/.local/bench-venv/bin/python" run_celery.py "$@")
# The script becomes, or starts, the Erlang machine: the largest process among them is it.
family() {
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do family "$child"; done
    awk '/VmRSS/ { print $2 }' "/proc/$1/status" 2>/dev/null || true
}
kilobytes=$(family "$server" | sort -n | tail -1)
printf '%s\n' "$line" | sed "s/}\$/, \"broker_mb\": $((${kilobytes:-0} / 1000))}/"
