"""Runs bcftools commands, one request per line, each in a forked child of this process.

Forking keeps the start of Python out of every command, and a crash or a leftover of one command
away from the next. Request: {"before": [...], "stages": [[verb, arg, ...], ...], "out": path, "err": path}.
The commands of "before" are run first; of the stages each reads what the one before writes. Answer: {"code", "cpu", "wall"}
with the exit code (minus the signal if killed), CPU and wall-clock seconds.
"""

import json
import os
import signal
import sys
import time

import pysam
import pysam.bcftools


def redirect(descriptor, path):
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(target, descriptor)
    os.close(target)


def run(request):
    redirect(2, request["err"])
    redirect(1, request["out"])
    stages = request["stages"]
    for verb, *arguments in request["before"]:
        try:
            getattr(pysam.bcftools, verb)(*arguments, catch_stdout=False)
        except pysam.SamtoolsError as problem:
            os.write(2, str(problem)[-2000:].encode())
            return 1
    before = None
    for nth, (verb, *arguments) in enumerate(stages):
        target = request["out"] if nth + 1 == len(stages) else f"{request['out']}.{nth}"
        # htslib writes to the descriptor itself, past the file object that pysam would redirect.
        redirect(1, target)
        if before is not None:
            arguments = arguments + [before]
        try:
            getattr(pysam.bcftools, verb)(*arguments, catch_stdout=False)
        except pysam.SamtoolsError as problem:
            os.write(2, str(problem)[-2000:].encode())
            return 1
        finally:
            if before is not None:
                os.unlink(before)
        before = target
    return 0


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        request = json.loads(line)
        start = time.perf_counter()
        child = os.fork()
        if child == 0:
            signal.alarm(request.get("seconds", 60))
            os._exit(run(request))
        _, status, usage = os.wait4(child, 0)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "cpu": usage.ru_utime + usage.ru_stime,
            "wall": time.perf_counter() - start,
        }
        print(json.dumps(answer), flush=True)


main()
