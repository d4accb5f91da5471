#!/usr/bin/env python3
"""Packs a folder of fuzzer inputs into one text file and back: one input a line, in hexadecimal.

    corpus.py pack FOLDER FILE
    corpus.py unpack FILE FOLDER
"""

import pathlib
import sys


def main():
    verb, source, target = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    if verb == "pack":
        inputs = sorted((path.read_bytes() for path in source.iterdir()), key=lambda data: (len(data), data))
        target.write_text("".join(data.hex() + "\n" for data in inputs))
    elif verb == "unpack":
        target.mkdir(parents=True, exist_ok=True)
        for number, line in enumerate(source.read_text().splitlines()):
            (target / f"input-{number:05}").write_bytes(bytes.fromhex(line))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
