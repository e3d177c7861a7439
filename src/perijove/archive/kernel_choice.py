"""Which of an archive's kernels a stretch of time needs: reconstruction before prediction, newest version first."""

from collections.abc import Iterable, Iterator, Sequence

from perijove.archive.kernel_names import KernelName

__all__ = ["choose", "uncovered"]

Span = tuple[float, float]


def uncovered(span: Span, covered: Iterable[Span]) -> tuple[Span, ...]:
    """Parts of a stretch of time that others leave open, in order; single moments do not count."""
    gaps, reached = [], span[0]
    for start, stop in sorted(covered):
        if start > reached:
            gaps.append((reached, min(start, span[1])))
        reached = max(reached, stop)
        if reached >= span[1]:
            break
    if reached < span[1]:
        gaps.append((reached, span[1]))
    return tuple(gap for gap in gaps if gap[1] > gap[0])


def _newest_of_each_span(names: Iterable[KernelName]) -> Iterator[KernelName]:
    best: dict[Span, KernelName] = {}
    for name in names:
        span = (name.start_tdb, name.stop_tdb)
        if span not in best or name.version > best[span].version:
            best[span] = name
    yield from best.values()


def choose(names: Sequence[KernelName], gaps: Sequence[Span]) -> tuple[KernelName, ...]:
    """Kernels of one role for stretches of time.

    Parameters
    ----------
    names : sequence of KernelName
        All candidates of the role.
    gaps : sequence of (float, float)
        What has to be covered, TDB seconds past J2000.

    Returns
    -------
    tuple of KernelName
        Undated roles: the newest. Dated ones, by what the names tell: every reconstruction that meets a gap (of
        each span the newest version; neighbours share their boundary day, and only the files say where they
        part), then of each lesser kind the newest that covers what is left, by time. Empty where nothing serves.
    """
    if not names:
        return ()
    if not names[0].role.dated:
        return (min(names, key=lambda name: (name.rank, -name.version, name.name)),)
    chosen: list[KernelName] = []
    for rank in sorted({name.rank for name in names}):
        for gap in gaps:
            open_spans = uncovered(gap, ((name.start_tdb, name.stop_tdb) for name in chosen))
            kind = [name for name in names if name.rank == rank and any(name.meets(*span) for span in open_spans)]
            for name in sorted(_newest_of_each_span(kind), key=lambda name: (-name.version, name.start_tdb)):
                left = uncovered(gap, ((one.start_tdb, one.stop_tdb) for one in chosen)) if rank else open_spans
                if name not in chosen and any(name.meets(*span) for span in left):
                    chosen.append(name)
    return tuple(sorted(chosen, key=lambda name: (name.start_tdb, name.rank)))
