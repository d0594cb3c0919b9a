"""Time of one training step of `logmel-cnn` in Keras, on the same TensorFlow version, batch and shapes as
`npm run bench -- train-step`, compiled to a graph as Keras does.

    python bench/keras-step.py [steps] [threads] [8,16,32,64] [16]      (pip install tensorflow-cpu==2.21.0)
"""

import sys
import time

import numpy as np
import tensorflow as tf

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 10
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)

filter_counts = [int(count) for count in (sys.argv[3] if len(sys.argv) > 3 else "8,16,32,64").split(",")]
layers = tf.keras.layers
batch = int(sys.argv[4]) if len(sys.argv) > 4 else 16
frames, bands, classes = 129, 64, 10
x = inputs = tf.keras.Input((frames, bands, 1))
for filters in filter_counts:
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D()(x)
    x = layers.ReLU()(x)
mean = layers.Lambda(lambda t: tf.reduce_mean(t, 1))(x)
largest = layers.Lambda(lambda t: tf.reduce_max(t, 1))(x)
x = layers.Concatenate()([layers.Flatten()(mean), layers.Flatten()(largest)])
x = layers.Dropout(0.3)(x)
model = tf.keras.Model(inputs, layers.Dense(classes)(x))
model.compile("adam", tf.keras.losses.CategoricalCrossentropy(from_logits=True), jit_compile=False)

random = np.random.default_rng(1)
pictures = tf.constant(random.normal(size=(batch, frames, bands, 1)).astype("float32"))
targets = tf.one_hot(np.arange(batch) % classes, classes)
for _ in range(3):
    model.train_on_batch(pictures, targets)
started = time.perf_counter()
cpu = time.process_time()
for _ in range(steps):
    model.train_on_batch(pictures, targets)
elapsed = (time.perf_counter() - started) / steps * 1000
cpu = (time.process_time() - cpu) / steps * 1000
print(
    f"one training step in Keras {tf.keras.__version__}, TensorFlow {tf.__version__}, {threads} thread(s), "
    f"{batch} crops, {model.count_params()} parameters: {elapsed:.1f} ms, {cpu:.1f} ms of processor time"
)
