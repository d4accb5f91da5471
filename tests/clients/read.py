"""Reads a region of a file with the programs of the field and prints the records, one a line.

usage: read.py htsget TICKET_URL TOKEN SCAFFOLD START END FORMAT   (0-based, end exclusive)
       read.py pysam-ticket TICKET_URL TOKEN SCAFFOLD START END FORMAT
       read.py pysam-url FILE_URL INDEX_URL SCAFFOLD START END
"""

import json
import os
import sys
import tempfile


def records(path, scaffold, start, end, **how):
    import pysam

    with pysam.VariantFile(path, **how) as file:
        for record in file.fetch(scaffold, start, end) if how else file:
            inside = record.chrom == scaffold and record.start < end and record.stop > start
            if inside:
                yield str(record)


def main():
    way, url, *rest = sys.argv[1:]
    # htslib keeps indexes in the working folder.
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        if way == "pysam-url":
            index, scaffold, start, end = rest
            found = records(url, scaffold, int(start), int(end), index_filename=index)
        else:
            token, scaffold, start, end, form = rest
            if way == "htsget":
                import htsget

                with open("slice", "wb") as out:
                    htsget.get(
                        url,
                        out,
                        reference_name=scaffold,
                        start=int(start),
                        end=int(end),
                        data_format=form,
                        bearer_token=token,
                    )
                found = records("slice", scaffold, int(start), int(end))
            else:
                with open("token", "w") as out:
                    json.dump({"access_token": token}, out)
                os.environ["HTS_AUTH_LOCATION"] = "token"
                os.environ["HTS_ALLOW_UNENCRYPTED_AUTHORIZATION_HEADER"] = "I understand the risks"
                asked = f"{url}?format={form}&referenceName={scaffold}&start={start}&end={end}"
                found = records(asked, scaffold, int(start), int(end))
        sys.stdout.writelines(found)


main()
