"""Runs programs in forked children and measures them; one request per line, one answer per line.

{"bcftools": [[verb, arg, ...], ...]} runs commands one after the other in one child, through pysam:
the start of Python is outside the measurement. {"program": [path, arg, ...]} runs any program. Standard
output is thrown away. Answer: {"code", "cpu", "wall", "memory"}: CPU seconds of user and system, seconds
by the clock, peak resident memory in bytes.
"""

import json
import os
import sys
import time

import pysam
import pysam.bcftools


def run(request):
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    if "program" in request:
        os.execv(request["program"][0], request["program"])
    os.dup2(null, 2)
    for verb, *arguments in request["bcftools"]:
        try:
            getattr(pysam.bcftools, verb)(*arguments, catch_stdout=False)
        except pysam.SamtoolsError as problem:
            sys.__stdin__.close()
            with open(request["messages"], "w") as messages:
                messages.write(str(problem))
            return 1
    return 0


def main():
    for line in sys.stdin:
        request = json.loads(line)
        start = time.perf_counter()
        child = os.fork()
        if child == 0:
            os._exit(run(request))
        _, status, usage = os.wait4(child, 0)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "cpu": usage.ru_utime + usage.ru_stime,
            "wall": time.perf_counter() - start,
            "memory": usage.ru_maxrss * 1024,
        }
        print(json.dumps(answer), flush=True)


main()
