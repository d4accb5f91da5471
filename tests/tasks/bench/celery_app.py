"""The task and the settings of the Celery side: as durable as ours (a submission returns when the broker has confirmed that it keeps
it, late acknowledgement, prefetch of one, results in Postgres)."""

import os

from celery import Celery

# Submissions under way at a time, as many as ours.
SUBMITTERS = 16

app = Celery("bench", broker=os.environ["BENCH_BROKER"], backend="db+" + os.environ["BENCH_DATABASE"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_track_started=True,
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    broker_connection_retry_on_startup=True,
    broker_transport_options={"confirm_publish": True},
    broker_pool_limit=SUBMITTERS,
    worker_send_task_events=False,
)


@app.task(name="tasks.noop")
def noop(number):
    return {"number": number}


@app.task(name="tasks.joined")
def joined(results):
    return {"results": len(results)}
