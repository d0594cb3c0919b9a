"""One case from a function of TensorFlow tensors, in double precision."""

import keras
import numpy as np
import tensorflow as tf

from .tensors import case, slopes_for

keras.config.set_floatx("float64")


def tensor(values):
    values = np.asarray(values)
    return tf.constant(values) if np.issubdtype(values.dtype, np.integer) else tf.Variable(values, dtype=tf.float64)


def dense(gradient):
    """That of a gather comes as slices."""
    return np.asarray(tf.convert_to_tensor(gradient))


def differentiate(name, operation, settings, inputs, function, fixed=()):
    """
    A case from `function(**inputs)`, which returns a tensor, or a dict of which "y" alone has a gradient.

    fixed: inputs of which no gradient is asked
    """
    variables = {key: tensor(value) for key, value in inputs.items()}
    with tf.GradientTape() as tape:
        results = function(**variables)
        results = results if isinstance(results, dict) else {"y": results}
        slopes = slopes_for(name, results["y"])
        total = tf.reduce_sum(results["y"] * slopes)
    wanted = [key for key, value in variables.items() if isinstance(value, tf.Variable) and key not in fixed]
    gradients = tape.gradient(total, [variables[key] for key in wanted])
    outputs = {key: (np.asarray(value), slopes if key == "y" else None) for key, value in results.items()}
    return case(
        name, "keras", operation, settings, inputs, outputs, dict(zip(wanted, map(dense, gradients)))
    )


def layer_case(name, operation, settings, layer, x, weights):
    """
    A case from a Keras layer whose weights, in Keras's order, are given by name.
    """
    layer.build(np.shape(x))
    layer.set_weights(list(weights.values()))
    variable = tensor(x)
    with tf.GradientTape() as tape:
        y = layer(variable)
        slopes = slopes_for(name, y)
        total = tf.reduce_sum(y * slopes)
    trained = [weight.value for weight in layer.trainable_weights]
    gradients = tape.gradient(total, [variable, *trained])
    gradients = dict(zip(["x", *weights], map(np.asarray, gradients)))
    outputs = {"y": (y.numpy(), slopes)}
    return case(name, "keras", operation, settings, {"x": x, **weights}, outputs, gradients)
