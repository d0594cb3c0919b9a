"""Makes src/formats/importers/fixtures/audioset.tfrecord: two records as AudioSet's embedding files have them, written by
TensorFlow itself (tensorflow-cpu 2.x), and one whose features are floats.

    make-embedding-fixture.py
"""
import os

import numpy
import tensorflow as tf

out = os.path.join(os.path.dirname(__file__), "../src/formats/importers/fixtures/audioset.tfrecord")


def bytes_of(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def floats_of(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def record(video, start, end, labels, lists):
    context = tf.train.Features(
        feature={
            "video_id": bytes_of(video.encode()),
            "start_time_seconds": floats_of([start]),
            "end_time_seconds": floats_of([end]),
            "labels": tf.train.Feature(int64_list=tf.train.Int64List(value=labels)),
        }
    )
    feature_lists = tf.train.FeatureLists(
        feature_list={name: tf.train.FeatureList(feature=frames) for name, frames in lists.items()}
    )
    return tf.train.SequenceExample(context=context, feature_lists=feature_lists).SerializeToString(deterministic=True)


ramp = numpy.arange(128, dtype=numpy.uint8)
with tf.io.TFRecordWriter(out) as writer:
    writer.write(record("-0RWZT-miFs", 30.0, 40.0, [0, 72], {"audio_embedding": [bytes_of((ramp + n).tobytes()) for n in range(10)]}))
    writer.write(record("abcdefghijk", 0.0, 2.5, [500], {"audio_embedding": [bytes_of(bytes([255] * 128))]}))
    writer.write(record("floats", 0.0, 1.0, [], {"vggish": [floats_of([0.5, -1.25]), floats_of([3.0, 1e-3])]}))
print(os.path.getsize(out), "bytes")
