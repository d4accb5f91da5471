"""Submits tasks, waits until all results are committed, and prints one line of JSON with what it saw.

usage: run_celery.py TASKS PROCESSES CHILDREN
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy

from celery import chord

from celery_app import SUBMITTERS, app, joined, noop

TASKS, PROCESSES, CHILDREN = (int(text) for text in sys.argv[1:4])


def resident_megabytes(pid):
    """Of a process and all its children."""
    pages = 0
    todo = [pid]
    while todo:
        pid = todo.pop()
        try:
            with open(f"/proc/{pid}/statm") as statm:
                pages += int(statm.read().split()[1])
            with open(f"/proc/{pid}/task/{pid}/children") as children:
                todo += map(int, children.read().split())
        except OSError:
            pass
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def committed(engine):
    with engine.connect() as connection:
        query = sqlalchemy.text("SELECT count(*) FROM celery_taskmeta WHERE status = 'SUCCESS'")
        return connection.execute(query).scalar()


worker = subprocess.Popen(
    [sys.executable, "-m", "celery", "-A", "celery_app", "worker", "--pool", "prefork",
     "--concurrency", str(PROCESSES), "--loglevel", "ERROR", "--without-gossip", "--without-mingle"],
    cwd=os.path.dirname(os.path.abspath(__file__)), stdout=subprocess.DEVNULL, stderr=sys.stderr,
)
try:
    noop.delay(-1).get(timeout=120)
    for warm_up in [noop.delay(-1) for _ in range(200)]:
        warm_up.get(timeout=120)
    engine = sqlalchemy.create_engine(os.environ["BENCH_DATABASE"])
    before = committed(engine)
    started = time.monotonic()
    with ThreadPoolExecutor(SUBMITTERS) as submitters:
        list(submitters.map(noop.delay, range(TASKS)))
    while committed(engine) < before + TASKS:
        time.sleep(0.02)
    seconds = time.monotonic() - started
    idle = []
    for number in range(20):
        time.sleep(0.05)
        begin = time.monotonic()
        noop.delay(number).get(timeout=30, interval=0.001)
        idle.append(time.monotonic() - begin)
    idle.sort()
    begin = time.monotonic()
    body = chord(noop.s(number) for number in range(CHILDREN))(joined.s())
    assert body.get(timeout=600, interval=0.001) == {"results": CHILDREN}
    chord_seconds = time.monotonic() - begin
    print(json.dumps({
        "rate": TASKS / seconds,
        "idle_ms": idle[len(idle) // 2] * 1000,
        "worker_mb": resident_megabytes(worker.pid),
        "chord_s": chord_seconds,
    }))
finally:
    worker.terminate()
    worker.wait()
