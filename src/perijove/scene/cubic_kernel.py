"""Catmull and Rom's cubic on sixteen pixels, in vectors of four.

Numba keeps LLVM's straight-line vectoriser off, and a loop over pixels gathered from anywhere does not vectorise
either: as plain sums the sixteen products cost twice as much. And half of the time of sampling went by waiting for
pixels, flags and errors from memory. So the vectors are written out, and what a row needs is asked for beforehand: the
whole projection gains a third.
"""

from collections.abc import Callable

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # comes with numba
from numba import types
from numba.extending import intrinsic

from perijove.compiled import njit

__all__ = ["cubic_gain", "cubic_sample", "prefetch"]

_FLOAT = ir.FloatType()
_FOUR = ir.VectorType(_FLOAT, 4)
_INDEX = ir.IntType(32)
# Weights of four neighbours as polynomials of the fraction t beyond the second: one row per power of t, from t³ down.
_POLYNOMIALS = ((-0.5, 1.5, -1.5, 0.5), (1.0, -2.5, 2.0, -0.5), (-0.5, 0.0, 0.5, 0.0), (0.0, 1.0, 0.0, 0.0))
_FUSE = ("contract",)


def _spread(builder: ir.IRBuilder, vector: ir.Value, lane: int) -> ir.Value:
    """One lane of a vector on all four."""
    mask = ir.Constant(ir.VectorType(_INDEX, 4), [lane] * 4)
    return builder.shuffle_vector(vector, ir.Constant(_FOUR, ir.Undefined), mask)


def _weights(builder: ir.IRBuilder, t: ir.Value) -> ir.Value:
    """The four weights at a fraction, by Horner's rule."""
    fraction = _spread(builder, builder.insert_element(ir.Constant(_FOUR, ir.Undefined), t, _INDEX(0)), 0)
    result = ir.Constant(_FOUR, list(_POLYNOMIALS[0]))
    for row in _POLYNOMIALS[1:]:
        product = builder.fmul(result, fraction, flags=_FUSE)
        result = builder.fadd(product, ir.Constant(_FOUR, list(row)), flags=_FUSE)
    return result


def _total(builder: ir.IRBuilder, vector: ir.Value) -> ir.Value:
    """Sum of the four lanes."""
    a, b, c, d = (builder.extract_element(vector, _INDEX(lane)) for lane in range(4))
    return builder.fadd(builder.fadd(a, b, flags=_FUSE), builder.fadd(c, d, flags=_FUSE), flags=_FUSE)


def _cubic_sample(_typing, pixels, _framelet, _corner, _columns, _across, _down):  # type: ignore[no-untyped-def]
    """Value between pixels, float32.

    Arguments in compiled code: `pixels`, shape (framelets, pixels), float32, C order; index of the framelet; index of
    the pixel up and left of the place; columns of a strip; fractions across and down beyond that pixel's centre. The
    four rows and columns about the place must lie within the strip: nothing is checked.
    """
    index, real = types.intp, types.float32
    signature = real(pixels, index, index, index, real, real)

    def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        framelet, corner, columns, tx, ty = arguments[1:]
        size = builder.extract_value(array.shape, 1)
        at = builder.add(builder.mul(framelet, size), builder.sub(corner, columns))
        at = builder.sub(at, at.type(1))
        across, down = _weights(builder, tx), _weights(builder, ty)
        lines = None
        for line in range(4):
            address = builder.bitcast(builder.gep(array.data, [at]), _FOUR.as_pointer())
            four = builder.load(address)
            four.align = 4
            part = builder.fmul(_spread(builder, down, line), four, flags=_FUSE)
            lines = part if lines is None else builder.fadd(lines, part, flags=_FUSE)
            at = builder.add(at, columns)
        return _total(builder, builder.fmul(across, lines, flags=_FUSE))

    return signature, codegen


def _prefetch(_typing, array, _row, _column):  # type: ignore[no-untyped-def]
    """Ask for an element of a two-dimensional C-ordered array to be brought to the cache; nothing waits for it.

    Arguments in compiled code: the array, row, column.
    """
    signature = types.void(array, types.intp, types.intp)

    def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        size = builder.extract_value(array.shape, 1)
        address = builder.gep(array.data, [builder.add(builder.mul(arguments[1], size), arguments[2])])
        address = builder.bitcast(address, ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [address.type, _INDEX, _INDEX, _INDEX])
        function = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        builder.call(function, [address, _INDEX(0), _INDEX(3), _INDEX(1)])  # to read, to keep, data
        return context.get_dummy_value()

    return signature, codegen


@njit(error_model="numpy", fastmath={"contract", "reassoc"})
def cubic_gain(t):  # type: ignore[no-untyped-def]
    """Sum of the squares of the four weights at a fraction: the variance along one axis for unit white noise."""
    s = (t - np.float32(0.5)) ** 2
    a, b, c, d = np.float32(5.0), np.float32(-8.25), np.float32(3.1875), np.float32(0.640625)
    return d + s * (c + s * (b + s * a))


cubic_sample: Callable[..., float] = intrinsic(_cubic_sample)
prefetch: Callable[..., None] = intrinsic(_prefetch)
