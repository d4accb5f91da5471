"""Runs `bcftools` commands of pysam, each in a forked child, so that none leaves anything behind.

Request: one line of JSON, {"arguments": [...], "out": path}. Answer: the exit code, minus the signal if killed.
"""

import json
import os
import signal
import sys

import pysam
import pysam.bcftools


def run(request):
    # A command without a file would read the requests of the others.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, name in ((1, request["out"]), (2, request["out"] + ".err")):
        target = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(target, descriptor)
        os.close(target)
    verb, *arguments = request["arguments"]
    try:
        # What is printed, as by `stats`, pysam leaves nowhere unless it is told where.
        where = {"save_stdout": request["out"]} if verb == "stats" else {"catch_stdout": False}
        getattr(pysam.bcftools, verb)(*arguments, **where)
    except pysam.SamtoolsError as error:
        os.write(2, str(error).encode())
        return 1
    return 0


for line in sys.stdin:
    request = json.loads(line)
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os._exit(run(request))
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
