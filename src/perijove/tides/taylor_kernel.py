"""One term of the Taylor series of compressible layers, in vectors of eight.

Three solutions are carried through a layer at once, real parts in the lanes 0 to 2 and imaginary parts in the lanes 4
to 6. Nearly all coefficients are real, of which numba's complex numbers make no use, and it keeps LLVM's straight-line
vectoriser off: as plain complex sums a whole compressible solve takes a third longer.
"""

from collections.abc import Callable

from llvmlite import ir  # type: ignore[import-untyped]  # comes with numba
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["NUMBERS", "ROWS", "next_term"]

LANES = 8
ROWS = 19  # of scratch
NUMBERS = 16  # of coefficients
_DOUBLE = ir.DoubleType()
_EIGHT = ir.VectorType(_DOUBLE, LANES)
_INDEX = ir.IntType(32)
_FUSE = ("contract", "nsz")
_OTHER_PART = [4, 5, 6, 7, 0, 1, 2, 3]


class _Lanes:
    """A vector in the making, with the arithmetic of numbers."""

    def __init__(self, builder: ir.IRBuilder, value: ir.Value) -> None:
        self.builder, self.value = builder, value

    def __add__(self, other: "_Lanes") -> "_Lanes":
        return _Lanes(self.builder, self.builder.fadd(self.value, other.value, flags=_FUSE))

    def __sub__(self, other: "_Lanes") -> "_Lanes":
        return _Lanes(self.builder, self.builder.fsub(self.value, other.value, flags=_FUSE))

    def __mul__(self, other: "_Lanes") -> "_Lanes":
        return _Lanes(self.builder, self.builder.fmul(self.value, other.value, flags=_FUSE))

    def __rmul__(self, factor: float) -> "_Lanes":
        return self * _Lanes(self.builder, ir.Constant(_EIGHT, [float(factor)] * LANES))

    def other_part(self) -> "_Lanes":
        """Imaginary parts where the real ones were, and the other way round."""
        mask = ir.Constant(ir.VectorType(_INDEX, LANES), _OTHER_PART)
        return _Lanes(self.builder, self.builder.shuffle_vector(self.value, ir.Constant(_EIGHT, ir.Undefined), mask))

    def size(self) -> "_Lanes":
        """|real| + |imaginary|, on both lanes."""
        kind = ir.FunctionType(_EIGHT, [_EIGHT])
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.fabs.v{LANES}f64")
        size = _Lanes(self.builder, self.builder.call(function, [self.value]))
        return size + size.other_part()


def _turned(builder: ir.IRBuilder, real: _Lanes, imaginary: _Lanes) -> Callable[[_Lanes], _Lanes]:
    """Product with a complex number whose parts stand on all lanes."""
    signed = imaginary * _Lanes(builder, ir.Constant(_EIGHT, [-1.0] * 4 + [1.0] * 4))
    return lambda lanes: real * lanes + signed * lanes.other_part()


def _next_term(_typing, rows, _numbers):  # type: ignore[no-untyped-def]
    """Terms of the next order, added to the sums; gives whether they have become too small to count.

    Arguments in compiled code: `rows`, shape (ROWS, 8), float64, C order: terms and sums of y1, y3, y5, t2, t4, p, and
    what the recurrence remembers, 0 at first; `numbers`, shape (NUMBERS,): order n, h / (n + 1), and the coefficients,
    as `compressible_kernel.taylor_columns` fills them in.
    """

    def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        table, numbers = (
            context.make_array(kind)(context, builder, value)
            for kind, value in zip(signature.args, arguments, strict=True)
        )

        def place(row: int) -> ir.Value:
            at = builder.gep(table.data, [ir.Constant(ir.IntType(64), row * LANES)])
            return builder.bitcast(at, _EIGHT.as_pointer())

        def load(row: int) -> _Lanes:
            value = builder.load(place(row))
            value.align = 8
            return _Lanes(builder, value)

        def store(row: int, lanes: _Lanes) -> None:
            builder.store(lanes.value, place(row)).align = 8

        def number(index: int) -> _Lanes:
            value = builder.load(builder.gep(numbers.data, [ir.Constant(ir.IntType(64), index)]))
            one = builder.insert_element(ir.Constant(_EIGHT, ir.Undefined), value, _INDEX(0))
            mask = ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES)
            return _Lanes(builder, builder.shuffle_vector(one, ir.Constant(_EIGHT, ir.Undefined), mask))

        n, scale, h, gravity0, gravity1, floor, push, ll, degree, tolerance = (number(k) for k in range(10))
        pull = _turned(builder, number(10), number(11))
        soften = _turned(builder, number(12), number(13))
        y1, y3, f, t2, t4, p = (load(k) for k in range(6))
        u, v, uq, g, d1, d2, dq = (load(12 + k) for k in range(7))

        double, square = 2.0 * h, h * h
        uq = y1 - h * uq
        lift = gravity0 * (y1 + double * u + square * v) + gravity1 * uq - floor * (f + h * g)
        e = 2.0 * y1 - ll * y3
        d = soften(t2 + 2.0 * e + pull(lift))
        dq = d - h * dq
        heavy = gravity0 * (d + double * d1 + square * d2) + gravity1 * dq
        new = (
            scale * (d - e - n * y1),
            scale * (y3 - y1 + t4 - n * y3),
            scale * ((degree - n) * f + p),
            scale * (t2 + 6.0 * e + ll * t4 - 4.0 * d - pull(heavy) - n * t2),
            scale * (2.0 * (d - t4) - t2 - 6.0 * y1 + (4.0 * ll) * y3 - 2.0 * y3 - n * t4),
            scale * (push * (d + h * d1) - (degree + n) * p - p),
        )
        sums = [load(6 + k) + term for k, term in enumerate(new)]
        for k in range(6):
            store(k, new[k])
            store(6 + k, sums[k])
        for k, kept in enumerate((y1, u, uq, f, d, d1, dq)):
            store(12 + k, kept)

        def negligible(part: tuple[int, ...]) -> ir.Value:
            small, whole = (sum((values[k].size() for k in part[1:]), values[part[0]].size()) for values in (new, sums))
            return builder.fcmp_ordered("<=", small.value, (tolerance * whole).value)

        both = builder.and_(negligible((0, 1, 3, 4)), negligible((2, 5)))
        return builder.icmp_unsigned("==", builder.bitcast(both, ir.IntType(8)), ir.Constant(ir.IntType(8), 255))

    return types.boolean(rows, _numbers), codegen


next_term: Callable[..., bool] = intrinsic(_next_term)
