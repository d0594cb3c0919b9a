"""Reads the texts of an export with the library that Python users read them with, and prints {"by", "ms"}.

python read_formats.py FORMAT FOLDER. Time is that of reading and parsing, without Python's start and imports. Ends with
status 1 where the library is not installed. Needs nothing but the standard library for CSV, JSON and tar; praatio for
TextGrid, jams for JAMS, pyarrow for Parquet, numpy for npz.
"""

import csv
import json
import sys
import tarfile
import time
from pathlib import Path

format_id, folder = sys.argv[1], Path(sys.argv[2])
beside = {"export-report.json", "round-trip.json", "checksums.sha256", "CREDITS.txt"}


def files(pattern):
    return [path for path in sorted(folder.rglob(pattern)) if path.is_file() and path.name not in beside and path.suffix != ".wav"]


def read_rows(pattern, delimiter):
    for path in files(pattern):
        with open(path, newline="", encoding="utf-8") as file:
            yield from csv.reader(file, delimiter=delimiter)


def read_lines(pattern):
    for path in files(pattern):
        yield from path.read_text(encoding="utf-8").splitlines()


def read_textgrids():
    from praatio import textgrid

    def read():
        for path in files("*.TextGrid"):
            grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=False)
            for tier in grid.tiers:
                yield from tier.entries

    return "praatio", read


def read_jams():
    import jams

    def read():
        for path in files("*.jams"):
            document = jams.load(str(path), validate=False)
            for annotation in document.annotations:
                yield from annotation.data

    return "jams", read


def read_parquet():
    import pyarrow.parquet as parquet

    return "pyarrow", lambda: (row for path in files("*.parquet") for row in parquet.read_table(path).to_pylist())


def read_npz():
    import numpy

    def read():
        for path in files("*.npz"):
            with numpy.load(path, allow_pickle=False) as arrays:
                for name in arrays.files:
                    yield from arrays[name]

    return "numpy", read


def read_tar():
    def read():
        for path in files("*.tar"):
            with tarfile.open(path) as archive:
                for member in archive:
                    data = archive.extractfile(member).read()
                    yield json.loads(data) if member.name.endswith(".json") else data

    return "tarfile, json", read


def simple(by, make):
    return lambda: (by, make)


readers = {
    "esc50": simple("csv", lambda: read_rows("*.csv", ",")),
    "urbansound8k": simple("csv", lambda: read_rows("*.csv", ",")),
    "dcase-scenes-csv": simple("csv", lambda: read_rows("*.csv", "\t")),
    "dcase-scenes-txt": simple("csv", lambda: read_rows("*.txt", "\t")),
    "audioset-csv": simple("csv", lambda: read_rows("*.csv", ",")),
    "audioset-strong": simple("csv", lambda: read_rows("*.tsv", "\t")),
    "desed": simple("csv", lambda: read_rows("*.tsv", "\t")),
    "audio-folder-csv": simple("csv", lambda: read_rows("*.csv", ",")),
    "audio-folder-parquet": read_parquet,
    "webdataset": read_tar,
    "nemo": simple("json", lambda: map(json.loads, read_lines("*.json*"))),
    "kaldi": simple("str.split", lambda: (line.split() for line in read_lines("*") )),
    "npz": read_npz,
    "audacity": simple("csv", lambda: read_rows("*.txt", "\t")),
    "raven": simple("csv", lambda: read_rows("*.txt", "\t")),
    "textgrid": read_textgrids,
    "label-studio": simple("json", lambda: (item for path in files("*.json") for item in json.loads(path.read_text(encoding="utf-8")))),
    "aoef": simple("json", lambda: (item for path in files("*.json") for item in json.loads(path.read_text(encoding="utf-8")).items())),
    "jams": read_jams,
    "cvat": simple("csv", lambda: read_rows("*.tsv", "\t")),
    "table": simple("csv", lambda: read_rows("*.csv", ",")),
}

if format_id not in readers:
    sys.exit(1)
try:
    by, read = readers[format_id]()
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(1)
started = time.perf_counter()
count = sum(1 for _ in read())
took = (time.perf_counter() - started) * 1000
if count == 0:
    sys.exit(f"nothing was read of {folder} as {format_id}")
print(json.dumps({"by": by, "ms": took, "items": count}))
