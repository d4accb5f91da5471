"""The way of the Python server, step by step: fetch the files whole, index each, run each stage on each file, index
what it wrote, merge, annotate, sort, upload. bcftools is called inside this process, which costs less than starting it;
queue, database and checks of the Python server are left out.

    baseline.py ENDPOINT BUCKET FOLDER THREADS OUTPUT STAGES KEY…

STAGES is JSON: a list of lists of arguments of `view`. Prints seconds, CPU seconds and bytes fetched as JSON.
"""

import json
import resource
import sys
import time
from pathlib import Path

import boto3
import pysam.bcftools as bcftools
from boto3.s3.transfer import TransferConfig
from botocore.config import Config


def run(verb, *arguments):
    getattr(bcftools, verb)(*arguments, catch_stdout=False)


def main():
    endpoint, bucket, folder, threads, output, stages, *keys = sys.argv[1:]
    folder = Path(folder)
    more = [] if threads == "0" else ["--threads", threads]
    store = boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))
    times = {}
    started = time.perf_counter()

    def lap(name):
        times[name] = time.perf_counter() - started - sum(times.values())

    files = []
    for key in keys:
        path = folder / key.replace("/", "@@")
        store.download_file(bucket, key, str(path), Config=TransferConfig(multipart_chunksize=32 << 20))
        files.append(path)
    fetched = sum(path.stat().st_size for path in files)
    lap("fetch")
    for number, stage in enumerate(json.loads(stages)):
        subset = []
        for index, path in enumerate(files):
            if number == 0:
                run("index", "-f", *more, str(path))
            out = folder / f"temp_subset_{number}_{index}.bcf"
            run("view", *stage, *more, "-Ou", "-o", str(out), str(path))
            run("index", "-f", *more, str(out))
            subset.append(out)
        files = subset
    lap("view")
    merged, annotated = folder / "merged.bcf", folder / "annotated.bcf"
    if len(files) > 1:
        run("merge", *more, "-Ou", "-o", str(merged), *map(str, files))
    else:
        merged = files[0]
    header = folder / "header.txt"
    header.write_text('##DivBase_created="This is a result of a DivBase query"\n')
    run("annotate", "-h", str(header), *more, "-Ou", "-o", str(annotated), str(merged))
    result = folder / "result.vcf.gz"
    run("sort", "-Oz", "-o", str(result), "-T", str(folder / "sort"), str(annotated))
    lap("join")
    store.upload_file(str(result), bucket, output)
    lap("upload")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": time.perf_counter() - started, "cpu": used.ru_utime + used.ru_stime, "fetched": fetched,
                      "written": result.stat().st_size, "times": times}))


main()
