"""Choice by name. Authorities: names of NAIF's two trees (published: the naming scheme, listings); laws of coverage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.archive.kernel_choice import choose, uncovered
from perijove.archive.kernel_names import ROLES, KernelName, kernel_name
from perijove.timescales import utc_to_tdb

PREDICTED = "spk_pre_220614_221109_220810_jm0450.bsp"


def names_of(role: str, *names: str) -> list[KernelName]:
    meant = next(one for one in ROLES if one.name == role)
    return [found for name in names if (found := kernel_name(name, meant))]


def span(start: str, stop: str) -> tuple[float, float]:
    return utc_to_tdb(start), utc_to_tdb(stop)


@pytest.mark.parametrize(
    ("role", "name", "rank"),
    [
        ("leap seconds", "naif0012.tls", 0),
        ("constants", "pck00010.tpc", 0),
        ("frames", "juno_v12.tf", 0),
        ("JunoCam", "juno_junocam_v03.ti", 0),
        ("clock", "JNO_SCLKSCET.00211.tsc", 0),
        ("clock", "jno_sclkscet_00090.tsc", 0),
        ("planets", "de440s.bsp", 0),
        ("moons", "jup365.bsp", 0),
        ("trajectory", "spk_rec_170106_170228_170307.bsp", 0),
        ("trajectory", "juno_rec_170106_170228_170307.bsp", 0),
        ("trajectory", PREDICTED, 1),
        ("trajectory", "spk_pre_201231_210720_210407_otm33_f.bsp", 1),
        ("trajectory", "spk_ref_160829_190912_161027.bsp", 2),
        ("attitude", "juno_sc_rec_160821_160827_v01.bc", 0),
        ("attitude", "juno_sc_raw_160705_160705.bc", 1),
        ("attitude", "juno_sc_prl_110930_111028_jc00a_v01.bc", 3),
    ],
)
def test_names_of_both_trees_are_understood(role: str, name: str, rank: int) -> None:
    (found,) = names_of(role, name)
    assert found.rank == rank
    assert not names_of("frames" if role != "frames" else "clock", name)


@pytest.mark.parametrize(
    "name",
    [
        "juno_sc_rec_160821_160827_v01.lbl",
        "juno_sa_rec_160821_160827_v01.bc",
        "juno_sc_rec_161321_160827_v01.bc",
        "juno_sc_rec_160827_160821_v01.bc",
        "pck00010_msgr.tpc",
        "aareadme.txt",
        "",
    ],
)
def test_other_names_are_left(name: str) -> None:
    assert not any(names_of(role, name) for role in ("attitude", "constants", "trajectory"))


def test_days_of_a_name_are_both_included() -> None:
    (found,) = names_of("attitude", "juno_sc_rec_160821_160827_v01.bc")
    assert (found.start_tdb, found.stop_tdb) == span("2016-08-21", "2016-08-28")


def test_reconstructions_before_predictions_newest_version_first() -> None:
    names = names_of(
        "trajectory",
        "spk_rec_220502_220614_220622.bsp",
        "spk_rec_220614_220728_220805.bsp",
        "spk_rec_220614_220728_220901.bsp",  # delivered again
        PREDICTED,
        "spk_pre_220614_221109_220701_jm0440.bsp",
    )
    chosen = choose(names, [span("2022-07-05", "2022-07-06")])
    assert [one.name for one in chosen] == ["spk_rec_220614_220728_220901.bsp"]
    chosen = choose(names, [span("2022-08-16", "2022-08-17")])
    assert [one.name for one in chosen] == [PREDICTED]
    chosen = choose(names, [span("2022-07-28T12:00", "2022-07-29T12:00")])  # runs off the end of the reconstruction
    assert [one.name for one in chosen] == ["spk_rec_220614_220728_220901.bsp", PREDICTED]
    assert choose(names, [span("2026-01-01", "2026-01-02")]) == ()


def test_neighbours_share_their_boundary_day() -> None:
    """The names do not say where on 2019-03-12 the first ends: both are taken."""
    names = names_of("trajectory", "juno_rec_190118_190312_190319.bsp", "juno_rec_190312_190504_190509.bsp")
    assert choose(names, [span("2019-03-12T06:00", "2019-03-12T07:00")]) == tuple(names)


def test_raw_attitude_fills_the_gap_between_reconstructions() -> None:
    names = names_of(
        "attitude",
        "juno_sc_rec_240616_240620_v01.bc",
        "juno_sc_rec_240616_240620_v02.bc",
        "juno_sc_raw_240620_240701.bc",
        "juno_sc_rec_240701_240706_v01.bc",
    )
    assert [one.name for one in choose(names, [span("2024-06-18", "2024-06-19")])] == [names[1].name]
    assert [one.name for one in choose(names, [span("2024-06-20T12:00", "2024-06-22")])] == [
        names[1].name,
        names[2].name,
    ]


def test_the_newest_of_what_has_no_dates_and_of_two_the_short_one() -> None:
    assert choose(names_of("planets", "de440s.bsp", "de442s.bsp", "de442.bsp"), [(0.0, 1.0)])[0].name == "de442s.bsp"
    assert choose(names_of("clock", "JNO_SCLKSCET.00099.tsc", "jno_sclkscet_00210.tsc"), [(0.0, 1.0)])[0].version == 420
    assert choose([], [(0.0, 1.0)]) == ()


SPANS = st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)).map(lambda pair: (min(pair), max(pair))), max_size=6)


@given(SPANS, st.floats(0, 10))
def test_a_time_is_in_a_gap_or_covered(covered: list[tuple[float, float]], time: float) -> None:
    gaps = uncovered((2.0, 8.0), covered)
    inside = any(start <= time <= stop for start, stop in covered)
    strictly_open = any(start < time < stop for start, stop in gaps)
    assert not (inside and strictly_open)
    if 2.0 < time < 8.0 and not inside:
        assert any(start <= time <= stop for start, stop in gaps)
