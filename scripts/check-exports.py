"""Reads Earmark's exports with the readers that people use: pyarrow, webdataset, numpy, TensorFlow.

    check-exports.py FOLDER   holding audio-folder-parquet/, webdataset/, npz/, tfrecord-waveform/, tfrecord-logmel/,
                              tfrecord-embeddings/; those that are not there are left out, saying so

Each is left out, saying so, where its reader is not installed. Ends with 1 where a reader disagrees with the export.
"""
import csv
import glob
import importlib
import json
import os
import sys

folder = sys.argv[1]
failed = False


def have(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        print(f"left out: no {module}")
        return None


def is_there(name):
    found = os.path.isdir(os.path.join(folder, name))
    if not found:
        print(f"left out: no {name}")
    return found


def clips_of(name):
    with open(os.path.join(folder, name, "export-report.json")) as report:
        return json.load(report)["counts"]["clips"]


def check(name, condition, detail):
    global failed
    failed |= not condition
    print(f"{'ok' if condition else 'WRONG'}: {name}: {detail}")


if is_there("audio-folder-parquet") and (parquet := have("pyarrow.parquet")):
    name = "audio-folder-parquet"
    rows = parquet.read_table(os.path.join(folder, name, "metadata.parquet")).to_pylist()
    there = sum(os.path.isfile(os.path.join(folder, name, row["file_name"])) for row in rows)
    labelled = sum(json.loads(row["labels"]) == [row["label"]] for row in rows)
    check(name, len(rows) == there == labelled == clips_of(name), f"{len(rows)} rows, {there} files, {labelled} labels")

if is_there("webdataset") and (webdataset := have("webdataset")):
    name = "webdataset"
    shards = sorted(glob.glob(os.path.join(folder, name, "*.tar")))
    samples = list(webdataset.WebDataset(shards, shardshuffle=False))
    whole = sum(json.loads(sample["json"])["label"] is not None for sample in samples)
    sounds = sum(any(len(sample.get(kind, b"")) > 44 for kind in ("wav", "ogg", "flac")) for sample in samples)
    check(name, len(samples) == whole == sounds == clips_of(name), f"{len(samples)} samples, {sounds} with sound")

if is_there("npz") and (numpy := have("numpy")):
    name = "npz"
    rows = ones = 0
    finite = True
    for path in sorted(glob.glob(os.path.join(folder, name, "*.npz"))):
        with numpy.load(path, allow_pickle=False) as arrays:
            features, frames, targets = arrays["features"], arrays["frames"], arrays["targets"]
            records = [json.loads(record) for record in arrays["records"]]
            classes = [one.decode() for one in arrays["classes"]]
            finite &= bool(numpy.isfinite(features).all()) and int(frames.max()) == features.shape[1]
            rows += len(features)
            ones += sum(classes[int(numpy.nanargmax(row))] == record["label"] for row, record in zip(targets, records))
    check(name, rows == ones == clips_of(name) and finite, f"{rows} rows of {features.shape[1:]}, {ones} targets, finite {finite}")

if tensorflow := have("tensorflow"):
    for name, values in (("tfrecord-waveform", "waveform"), ("tfrecord-logmel", "log_mel")):
        if not is_there(name):
            continue
        path = sorted(glob.glob(os.path.join(folder, name, "*.tfrecord")))
        # Raises DataLossError on a wrong checksum.
        count = sized = 0
        for record in tensorflow.data.TFRecordDataset(path):
            example = tensorflow.train.Example.FromString(record.numpy()).features.feature
            length = len(example[values].float_list.value)
            if values == "log_mel":
                sized += length == example["frames"].int64_list.value[0] * example["bands"].int64_list.value[0]
            else:
                seconds = json.loads(example["json"].bytes_list.value[0])["duration"]
                sized += abs(length / example["sample_rate"].int64_list.value[0] - seconds) < 0.001
            count += 1
        check(name, count == sized == clips_of(name), f"{count} examples, {sized} of the right length")
    if is_there(name := "tfrecord-embeddings"):
        with open(os.path.join(folder, name, "class_labels_indices.csv"), newline="") as table:
            numbers = {int(row["index"]) for row in csv.DictReader(table)}
        count = sound = 0
        for record in tensorflow.data.TFRecordDataset(sorted(glob.glob(os.path.join(folder, name, "*.tfrecord")))):
            context, lists = tensorflow.io.parse_single_sequence_example(
                record,
                context_features={
                    "video_id": tensorflow.io.FixedLenFeature([], tensorflow.string),
                    "start_time_seconds": tensorflow.io.FixedLenFeature([], tensorflow.float32),
                    "end_time_seconds": tensorflow.io.FixedLenFeature([], tensorflow.float32),
                    "labels": tensorflow.io.VarLenFeature(tensorflow.int64),
                },
                sequence_features={"audio_embedding": tensorflow.io.FixedLenSequenceFeature([], tensorflow.string)},
            )
            frames = tensorflow.io.decode_raw(lists["audio_embedding"], tensorflow.uint8)
            is_named = len(context["video_id"].numpy()) > 0 and set(context["labels"].values.numpy()) <= numbers
            start, end = (float(context[f"{edge}_time_seconds"]) for edge in ("start", "end"))
            sound += is_named and frames.shape[1] == 128 and end > start
            count += 1
        check(name, count == sound == clips_of(name), f"{count} sequence examples, {sound} with frames of 128 values")


sys.exit(failed)
