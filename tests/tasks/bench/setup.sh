#!/bin/sh
# Fetches what the comparison needs beside the project: Celery into .local/bench-venv, and RabbitMQ, which cannot live in
# a folder, by apt-get. Quick when done.
set -eu

root=$(cd "$(dirname "$0")/../../.." && pwd)
venv="$root/.local/bench-venv"
requirements="$root/tests/tasks/bench/requirements.txt"

if ! [ -f "$venv/installed" ] || ! cmp -s "$requirements" "$venv/installed"; then
    echo "bench: installing Celery into .local/bench-venv" >&2
    rm -rf "$venv"
    "$root/.local/venv/bin/python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check -r "$requirements" </dev/null
    cp "$requirements" "$venv/installed"
fi

if ! [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; then
    command -v apt-get >/dev/null || { echo "bench: RabbitMQ is missing; install it, then run this again" >&2; exit 1; }
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo='sudo -n'
    echo "bench: installing rabbitmq-server with apt-get (its service is not started)" >&2
    # A start script that says no keeps the package from starting a broker of its own.
    policy=/usr/sbin/policy-rc.d
    if ! [ -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
        $sudo chmod +x "$policy"
        trap '$sudo rm -f "$policy"' EXIT
    fi
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server </dev/null >&2
fi
