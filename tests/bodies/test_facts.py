"""Every number in `bodies` and `constants` says what it is.

Authority: law (the project's own rules hold for each name; a fact computes as the number it is) and independent
(astropy reads the units).
"""

import ast
import copy
import json
import math
import pickle
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest

from perijove import bodies
from perijove.bodies import galilean, jupiter
from perijove.bodies.fact_array import FactArray
from perijove.bodies.io_features import IO_FEATURES, IO_FEATURES_SOURCE
from perijove.bodies.juno import JUNOCAM
from perijove.bodies.register import all_facts
from perijove.compiled import njit
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G
from perijove.constants import SECONDS_PER_DAY
from perijove.facts import Count, Fact, Statement, facts_in

# Names that hold no numbers of their own: classes, functions, lists of names, dates, and rows with one source for all.
WITHOUT_FACTS = {
    "perijove.bodies.io_feature_table": {"ROWS"},
    "perijove.bodies.io_features": {"IO_FEATURES", "IO_FEATURES_SOURCE", "VOLCANIC_KINDS", "IoFeature"},
    "perijove.bodies.io_interior": {"Lithosphere"},
    "perijove.bodies.infrared_bands": {"InfraredBand"},
    "perijove.bodies.io_melting": {"CoolingLava", "MoltenRock"},
    "perijove.bodies.io_plumes": {"IO_PLUMES", "IO_PLUMES_SOURCE", "PlumeSite"},
    "perijove.bodies.jiram": {"JiramBand", "JiramFacts"},
    "perijove.bodies.io_missions": {"MISSIONS", "MISSIONS_KNOWN_UTC", "Mission", "FlybyArticle"},
    "perijove.bodies.juno_perijove_table": {"ROWS"},
    "perijove.bodies.juno": {"FilterFacts", "JunoCamFacts", "TurnedAxis"},
    "perijove.bodies.disc_photometry": {"DiscCurve", "HapkeFacts"},
    "perijove.bodies.galilean": {"BodyFacts"},
    "perijove.bodies.junocam_response": {"Anchor", "LaboratoryErrors"},
    "perijove.bodies.register": {"all_facts"},
    "perijove.bodies.rotation": {"IauRotation"},
    "perijove.bodies.fact_array": {"FactArray"},
}
MODULES = [
    "perijove.constants",
    *(f"perijove.bodies.{module.name}" for module in pkgutil.iter_modules(bodies.__path__)),
]
NAMES = [
    (module, name)
    for module in MODULES
    for name in import_module(module).__all__
    if name not in WITHOUT_FACTS.get(module, ())
]
FACTS = all_facts()
KNOWN_UNITS = {
    "px": u.def_unit("px", u.pix),
    "century": u.def_unit("century", 100.0 * u.yr),
    "mi": u.imperial.mi,
}
SUFFIXES = {
    "_KM": "km",
    "_KM_S": "km/s",
    "_KM_YEAR": "km/yr",
    "_KM3_S2": "km3/s2",
    "_M3_KG_S2": "m3/(kg s2)",
    "_W_M2_K4": "W/(m2 K4)",
    "_KG": "kg",
    "_KG_M3": "kg/m3",
    "_W": "W",
    "_K": "K",
    "_DAYS": "day",
    "_DEG_DAY": "deg/day",
    "_RAD_S": "rad/s",
    "_RAD": "rad",
    "_rad": "rad",
    "_w_m2_sr": "W/(m2 sr)",
    "_PER_S": "1/s",
    "_PER_YEAR": "1/yr",
    "_km": "km",
    "_px": "px",
    "_nm": "nm",
    "_s": "s",
    "_dn": "DN",
    "_e": "electron",
    "_k": "K",
    "_deg_s": "deg/s",
    "_w_m2_um": "W/(m2 um)",
    "_kg_m3": "kg/m3",
    "_m_s2": "m/s2",
    "_J_MOL": "J/mol",
    "_J_S": "J s",
    "_J_K": "J/K",
    "_um": "um",
    "_pa": "Pa",
    "_j_kg": "J/kg",
    "_j_kg_k": "J/(kg K)",
    "_w_m_k": "W/(m K)",
    "_m2": "m2",
    "_pa_s": "Pa s",
    "_days": "day",
    "_miles": "mi",
    "_e_per_dn": "electron/DN",
}
# Names of conversions say both units.
CONVERSIONS = {
    "M_PER_KM": "m/km",
    "SECONDS_PER_HOUR": "s/h",
    "HOURS_PER_DAY": "h/day",
    "SECONDS_PER_DAY": "s/day",
    "SECONDS_PER_YEAR": "s/yr",
    "DAYS_PER_YEAR": "day/yr",
    "DAYS_PER_CENTURY": "day/century",
    "MILE_KM": "km/mi",
    "J2000_JD": "day",
    "JIRAM.counts_per_radiance_s": "m2 sr/(W s)",
    "JUNOCAM.k1": "1/px2",
    "JUNOCAM.k2": "1/px4",
}
# What was measured and found to be nothing within its error.
MAY_VANISH = {'bodies.galilean.IO_ACCELERATIONS_BEFORE_2009_PER_YEAR["Lieske 1987"]'}
# An angle named `_deg` may come with its rate beside it; the unit then says which it is.
MOVING = re.compile(r"(_deg|_DEG|ROTATION)\b")


def unit(fact: Statement) -> u.UnitBase:
    """What astropy makes of a fact's unit."""
    with u.add_enabled_units(KNOWN_UNITS.values()):
        return u.Unit(fact.unit)


@pytest.mark.parametrize(("module", "name"), NAMES, ids=lambda value: value.rsplit(".", maxsplit=1)[-1])
def test_each_name_holds_facts(module: str, name: str) -> None:
    """No bare number is left among the public names."""
    value = getattr(import_module(module), name)
    assert [*facts_in(value)]
    assert not [*bare_numbers(value)]


def bare_numbers(value: object) -> list[object]:
    """Numbers in a record that state nothing; identification numbers of NAIF are names."""
    if isinstance(value, Statement):
        return []
    if isinstance(value, (bool, int, float, np.ndarray)):
        return [value]
    if isinstance(value, tuple):
        return [bare for inner in value for bare in bare_numbers(inner)]
    if hasattr(value, "items"):
        return [bare for inner in value.values() for bare in bare_numbers(inner)]
    held = vars(value) if hasattr(value, "__dataclass_fields__") else {}
    return [bare for name, inner in held.items() if name != "naif_id" for bare in bare_numbers(inner)]


@pytest.mark.parametrize("name", FACTS)
def test_unit_is_one(name: str) -> None:
    """Astropy reads it, and it is the one that the name promises."""
    fact = FACTS[name]
    assert unit(fact) is not None
    if MOVING.search(name):
        assert fact.unit in {"deg", "deg/century", "deg/day"}
        return
    stem = re.sub(r"\[[^]]*\]", "", name.partition(".")[2].split(".", maxsplit=1)[-1])
    last = stem.split(".")[-1]
    fitting = [suffix for suffix in SUFFIXES if last.endswith(suffix)]
    if stem in CONVERSIONS:
        assert fact.unit == CONVERSIONS[stem]
    elif fitting:
        assert fact.unit == SUFFIXES[max(fitting, key=len)]
    else:  # a name without a unit is that of a pure number, of a count of pixels, or of what is named with its unit
        assert fact.unit in {"1", "px", "DN m2 sr/(s W)"}


@pytest.mark.parametrize("name", FACTS)
def test_source_and_error_are_stated(name: str) -> None:
    """A source is a sentence about somebody; an error is not negative, and small beside nothing it belongs to."""
    fact = FACTS[name]
    assert len(fact.source) > 8
    if fact.sigma is not None:
        sigma = np.asarray(fact.sigma)
        assert np.isfinite(sigma).all()
        assert (sigma >= 0.0).all()
        assert name in MAY_VANISH or (sigma <= np.abs(np.asarray(fact, dtype=float))).all()


def test_one_name_one_meaning() -> None:
    """No public name of these modules stands in two of them."""
    names = [name for _, name in NAMES]
    assert len(set(names)) == len(names)


def test_derived_facts_carry_the_error_of_what_they_are_made_of() -> None:
    """Io's mass and density: relative errors add by powers; both are printed with two digits."""
    gm, mass, radius = galilean.IO_GM_JUP365_KM3_S2, galilean.IO_MASS_KG, galilean.IO_MEAN_RADIUS_KM
    relative = math.hypot(gm.measured[1] / gm, G.measured[1] / G)
    assert mass.measured[1] / mass == pytest.approx(relative, rel=0.05)
    of_density = math.hypot(relative, 3.0 * radius.measured[1] / radius)
    density = galilean.IO_MEAN_DENSITY_KG_M3
    assert density.measured[1] / density == pytest.approx(of_density, rel=0.05)
    other = galilean.IO_MEAN_DENSITY_ANDERSON_2001_KG_M3
    assert abs(density - other) < math.hypot(density.measured[1], other.measured[1])


def test_catalogue_of_features_has_one_source() -> None:
    """Rows of the gazetteer state their source once, beside them."""
    assert len(IO_FEATURES) > 200
    assert "Gazetteer" in IO_FEATURES_SOURCE


@pytest.mark.parametrize("fact", [Fact(1821.49, "km", "a source", sigma=0.5), Count(128, "px", "a source")])
def test_a_fact_is_the_number_it_is(fact: Fact | Count) -> None:
    """Text, JSON, hashes, copies and arithmetic know no difference; what is computed states nothing."""
    number = float(fact) if isinstance(fact, Fact) else int(fact)
    assert f"{fact}" == str(fact) == repr(fact) == json.dumps(fact) == repr(number)
    assert hash(fact) == hash(number)
    assert type(2 * fact) is type(number)
    for again in (copy.copy(fact), copy.deepcopy(fact), pickle.loads(pickle.dumps(fact))):  # noqa: S301
        assert (again, again.unit, again.source, again.sigma) == (number, fact.unit, fact.source, fact.sigma)
        assert again.text == fact.text
    with pytest.raises(AttributeError, match="does not change"):
        fact.unit = "m"


def test_a_fact_keeps_single_precision_single() -> None:
    """Numpy takes it for a Python number, which does not widen an array."""
    assert (np.ones(3, np.float32) * SECONDS_PER_DAY).dtype == np.float32


def test_a_vector_of_facts_is_an_array_that_nobody_writes() -> None:
    """It computes like one, cannot be written, and its copies in other processes say the same."""
    radii = jupiter.JUPITER_RADII_KM
    with pytest.raises(ValueError, match="read-only"):
        radii[0] = 1.0
    again = pickle.loads(pickle.dumps(radii))  # noqa: S301
    assert isinstance(again, FactArray)
    assert (again.tolist(), again.unit, again.source) == (radii.tolist(), "km", radii.source)
    for derived in (radii / 2.0, radii[:2], np.sqrt(radii), np.eye(3) @ radii, radii.max()):
        assert not isinstance(derived, Statement)


def test_an_error_that_nobody_stated_is_not_nothing() -> None:
    """Asking for it fails, with the fact's own words."""
    with pytest.raises(AttributeError, match="states no error"):
        _ = Fact(1.0, "km", "somebody").measured
    assert JUNOCAM.flight_focal_length_px.measured == (1484.0, JUNOCAM.flight_focal_length_sigma_px)


_LENGTH = Fact(3.5, "km", "an example")


@njit()
def _times(x):  # noqa: ANN001, ANN202  # compiled
    return x * _LENGTH


def test_compiled_loops_take_facts() -> None:
    """As numbers that they freeze, and as arguments: one signature for facts and floats."""
    assert _times(2.0) == 7.0
    assert _times(Fact(2.0, "1", "an example")) == 7.0
    assert len(_times.signatures) == 1


SOURCE = Path(bodies.__file__).parents[1]
# What may repeat a fact's digits: facts themselves, tables made by builders, and interiors as their papers have them.
OWN_DIGITS = (
    "bodies/",
    "constants.py",
    "dynamics/fitted_system.py",
    "ephemeris/juno_arc_table.py",
    "interior/models.py",
)
COMPUTING = sorted(
    path for path in SOURCE.rglob("*.py") if not path.relative_to(SOURCE).as_posix().startswith(OWN_DIGITS)
)
UNITS_OF_TIME = {3600.0, 86400.0, 365.25, 36525.0}


def recognisable(value: float) -> bool:
    """Whether a number says by its digits whose it is: four of them, and not one of a count or a power."""
    digits = f"{abs(value):.12e}".partition("e")[0].replace(".", "").rstrip("0")
    return len(digits) >= 4


def literals(path: Path) -> list[tuple[int, float]]:
    """Numbers written out in a module, with their lines; whole seconds of a clock are not facts of nature."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.lineno, float(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in {int, float} and repr(node.value) != "3600"
    ]


@pytest.mark.parametrize("path", COMPUTING, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_facts_stand_once(path: Path) -> None:
    """No module that computes writes out a fact's digits, or a unit of time, again."""
    known = {float(value) for fact in FACTS.values() for value in np.ravel(fact) if recognisable(float(value))}
    again = [(line, value) for line, value in literals(path) if value in known | UNITS_OF_TIME]
    assert not again
