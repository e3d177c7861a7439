"""Rheologies: laws they share, what each of them is in its limits, and what they refuse.

Authority: law; independent (an integral over the creep function, and TidalPy 0.8.1's classes of the same names).
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import rheology as laws

from perijove.errors import InputError
from perijove.interior.rheology import RHEOLOGIES, complex_bulk_modulus, complex_shear_modulus, in_units

FREQUENCY = 4.1086e-5
ROCK = (6e10, 1e16)


@st.composite
def materials(draw: st.DrawFn, name: str) -> laws.Material:
    """A material of some law: anything from water to the stiffest rock."""
    shear = 10.0 ** draw(st.floats(3.0, 12.0))
    viscosity = 10.0 ** draw(st.floats(-3.0, 30.0))
    parameters = {}
    for known in RHEOLOGIES[name].parameters:
        largest = 0.9 if known.name == "alpha" else 10.0
        parameters[known.name] = draw(st.floats(0.1, largest))
    return shear, viscosity, parameters


frequencies = st.floats(-9.0, 0.0).map(lambda exponent: 10.0**exponent)
every_law = pytest.mark.parametrize("name", RHEOLOGIES)


@every_law
@settings(max_examples=30)
@given(data=st.data())
def test_laws(name: str, data: st.DataObject) -> None:
    material = data.draw(materials(name))
    frequency = data.draw(frequencies)
    laws.dissipates_and_never_gives_energy(name, material, frequency)
    laws.stiffens_with_frequency(name, material, frequency)
    laws.knows_no_time_but_its_own(name, material, frequency, data.draw(st.floats(0.5, 2.0)))
    laws.may_be_asked_in_arrays(name, material, np.array([1.0, 2.0, 5.0]) * frequency)


@every_law
def test_causality(name: str) -> None:
    laws.answers_only_after_the_load(name, (*ROCK, {}))


@pytest.mark.parametrize("name", [name for name, law in RHEOLOGIES.items() if law.parameters])
def test_causality_for_other_parameters(name: str) -> None:
    other = {"alpha": 0.4, "zeta": 3.0, "voigt_compliance_ratio": 1.5, "voigt_viscosity_ratio": 0.3}
    known = {parameter.name for parameter in RHEOLOGIES[name].parameters}
    laws.answers_only_after_the_load(name, (*ROCK, {key: other[key] for key in known}))


@pytest.mark.parametrize("name", ["maxwell", "burgers", "andrade", "sundberg-cooper"])
def test_fast_is_elastic_and_slow_is_a_liquid(name: str) -> None:
    shear, viscosity = ROCK
    fast, slow = 1e30 / viscosity * shear, 1e-30 / viscosity * shear
    # The transient of Andrade's law goes with the frequency to the power -0.3 and +0.7.
    assert complex_shear_modulus(name, shear, viscosity, fast) == pytest.approx(shear, rel=1e-8)
    assert complex_shear_modulus(name, shear, viscosity, slow) == pytest.approx(1j * viscosity * slow, rel=1e-15)


def test_andrade_is_the_transform_of_its_creep() -> None:
    # J(t) = (1 + (t / (zeta tau))^alpha + t / tau) / mu; i omega times its Laplace transform at i omega, as a
    # contour integral turned onto the negative imaginary axis of time, t = -i s / omega, where it decays.
    alpha, zeta, periods = 0.3, 2.0, 1.7
    u = np.linspace(-80.0, 5.5, 40_001)
    s = np.exp(u)
    transient = np.trapezoid((-1j * s / (zeta * periods)) ** alpha * np.exp(-s) * s, u)
    expected = 1.0 / (1.0 + transient - 1j / periods)
    given_ = complex_shear_modulus("andrade", 1.0, periods, 1.0, alpha=alpha, zeta=zeta)
    assert given_ == pytest.approx(expected, rel=1e-9)


def test_laws_contain_each_other() -> None:
    shear, viscosity = ROCK
    tiny = 1e-14
    peak = {"voigt_compliance_ratio": tiny}
    maxwell = complex_shear_modulus("maxwell", shear, viscosity, FREQUENCY)
    andrade = complex_shear_modulus("andrade", shear, viscosity, FREQUENCY)
    burgers = complex_shear_modulus("burgers", shear, viscosity, FREQUENCY)
    assert complex_shear_modulus("burgers", shear, viscosity, FREQUENCY, **peak) == pytest.approx(maxwell, rel=1e-13)
    assert complex_shear_modulus("sundberg-cooper", shear, viscosity, FREQUENCY, **peak) == pytest.approx(
        andrade, rel=1e-13
    )
    late = {"alpha": 0.9, "zeta": 1e30}
    assert complex_shear_modulus("sundberg-cooper", shear, viscosity, FREQUENCY, **late) == pytest.approx(
        burgers, rel=1e-13
    )


# TidalPy.Rheology.Maxwell().calc_complex_modulus(6e10, 1e16, 4.1086e-5) and so on, with its defaults.
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("maxwell", 58747142931.95964 + 8579147582.91773j),
        ("burgers", 49221413859.50866 + 6215356319.901788j),
        ("andrade", 38811273041.496704 + 10039236393.642883j),
        ("sundberg-cooper", 34551296486.4965 + 7968764852.682909j),
    ],
)
def test_against_tidalpy(name: str, expected: complex) -> None:
    assert complex_shear_modulus(name, *ROCK, FREQUENCY) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf, None])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_bad_numbers(bad: float | None, place: int) -> None:
    values = [6e10, 1e16, FREQUENCY]
    values[place] = bad
    with pytest.raises(InputError, match=r"shear modulus|viscosity|frequency"):
        complex_shear_modulus("maxwell", *values)
    if bad is not None:
        values[place] = np.array([1.0, bad])
        with pytest.raises(InputError, match="not positive and finite"):
            complex_shear_modulus("maxwell", *values)


def test_what_a_law_does_not_need() -> None:
    assert complex_shear_modulus("elastic", 6e10, None, FREQUENCY) == 6e10
    assert complex_shear_modulus("newtonian", None, 1e16, FREQUENCY) == 1e16j * FREQUENCY


@pytest.mark.parametrize(
    ("name", "parameters", "sentence"),
    [
        ("honey", {}, "is not one of elastic, newtonian"),
        ("andrade", {"alpha": 1.5}, "alpha 1.5 is not above 0 and up to 1"),
        ("andrade", {"alpha": np.nan}, "alpha nan is not above 0"),
        ("andrade", {"zeta": 0.0}, "zeta 0 is not above 0"),
        ("andrade", {"beta": 1.0}, "it knows alpha, zeta"),
        ("maxwell", {"alpha": 0.3}, "it knows none"),
    ],
)
def test_bad_laws(name: str, parameters: dict[str, float], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        complex_shear_modulus(name, *ROCK, FREQUENCY, **parameters)


@settings(max_examples=50)
@given(
    bulk=st.floats(6.0, 12.0).map(lambda x: 10.0**x),
    relaxed=st.floats(0.0, 0.99),
    viscosity=st.floats(3.0, 25.0).map(lambda x: 10.0**x),
    frequency=frequencies,
)
def test_bulk_lies_between_relaxed_and_elastic(bulk: float, relaxed: float, viscosity: float, frequency: float) -> None:
    # law: stiffens with frequency, and never gives energy; Maxwell's law is springs and dashpot in a row
    slow, fast = (complex_bulk_modulus(bulk, viscosity, relaxed * bulk, x * frequency) for x in (1.0, 2.0))
    assert slow.imag >= 0.0
    assert relaxed * bulk * (1.0 - 1e-12) <= slow.real <= fast.real * (1.0 + 1e-12) <= bulk * (1.0 + 1e-12)
    maxwell = complex_bulk_modulus(bulk, viscosity, 0.0, frequency)
    assert 1.0 / maxwell == pytest.approx(1.0 / bulk + 1.0 / (1j * frequency * viscosity), rel=1e-12)


def test_bulk_in_its_limits() -> None:
    # law: elastic without a viscosity, incompressible where infinite, relaxed under a slow load
    bulk = complex_bulk_modulus([1e11, np.inf, 1e11], [np.inf, np.inf, 1e5], [0.0, 0.0, 2e10], FREQUENCY)
    assert bulk[0] == 1e11
    assert bulk[1] == complex(np.inf, 0.0)
    assert bulk[2] == pytest.approx(2e10, rel=1e-9)
    assert in_units(bulk, 1e10)[1] == complex(np.inf, 0.0)
