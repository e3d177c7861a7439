"""The unknowns of many pictures: what a pass shares, what each picture has of its own, what the camera is to all.

Each picture keeps the pose model with which it was located. Here its parameters become linear functions of joint ones:
Juno's place in it, say, is that of the path of its pass, displaced, at the picture's time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from perijove.adjustment.pass_path import transitions
from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.bodies.juno import JUNOCAM
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.junocam.limb.fit import LIMB_OUT, LIMB_ROWS
from perijove.junocam.locate import Location
from perijove.scene.parameters import JointParameters, Parameter, ParameterSet
from perijove.scene.spin import KernelModel, LabelModel, axis_to_z
from perijove.scene.view import View

__all__ = ["SHARED", "JointUnknowns", "PictureUnknowns", "joint_unknowns"]

_AXES = "123"
_TILTS = ("axis_tilt_x_deg", "axis_tilt_y_deg")
_SPIN, _FOCAL = "spin_deg_s", "focal_length_px"
_OWN = (
    "spin_phase_deg",
    "start_offset_s",
    "pointing_",
    "position_",
    "velocity_",
)  # of a picture; the rest is the camera's
_KERNEL_VELOCITY_SIGMA_KM_S = 1e-3  # of a trajectory kernel through a pass: a kilometre in a quarter of an hour
# What the edge's templates do not know. On simulated pictures edges lie 0.025 px too far out, those across the rows no
# farther than the others to 0.01 px.
_EDGES = (Parameter(LIMB_OUT, "px", 0.0, 0.05, 1e-2), Parameter(LIMB_ROWS, "px", 0.0, 0.05, 1e-2))
_OFFSET = Parameter("start_offset_s", "s", 0.0, float(JUNOCAM.start_time_jitter_s), 1e-4)
# Of the pictures of a pass among each other, where they share the axis, the spin and the path: Juno nutates by less
# than a tenth of a pixel and spins evenly to a millionth, and an arc's error bends by less than what two solutions of
# JPL differ by.
SHARED = {"axis": 1e-3, "spin": 1e-4, "path": 0.05}
"""What pictures of a pass can share, with the deviation of each that is left free then: deg, deg/s, km."""


@dataclass(frozen=True)
class PictureUnknowns:
    """Poses of one picture from unknowns of which it shares some; a `PoseModel`.

    Attributes
    ----------
    product_id : str
    pass_name : str
        Such as ``PJ57``.
    model : LabelModel or KernelModel
        Poses from the picture's own parameters.
    parameters : ParameterSet
        The unknowns, of the joint names; their start values give the poses that the picture was located with.
    constant : array, shape (p,)
    by_unknowns : array, shape (p, q)
        The model's parameters are `constant` + `by_unknowns` @ unknowns.
    focal_scale : float
        How much larger the picture is, by the camera's motion, than the same from a camera at rest (`_aberration`).
    deviations : mapping of str to tuple of str
        For each kind of `SHARED` that the picture may share: its own unknowns, which say how far it does not.
    """

    product_id: str
    pass_name: str
    model: LabelModel | KernelModel
    parameters: ParameterSet
    constant: np.ndarray
    by_unknowns: np.ndarray
    focal_scale: float
    deviations: Mapping[str, tuple[str, ...]]

    def own_values(self, values: np.ndarray) -> np.ndarray:
        """Parameters of the picture's own model, shape (p,)."""
        own: np.ndarray = self.constant + self.by_unknowns @ values
        return own

    def view(self, values: np.ndarray) -> View:
        """Poses for values of the unknowns."""
        return self.model.view(self.own_values(values))


@dataclass(frozen=True)
class JointUnknowns:
    """Unknowns of all pictures.

    Attributes
    ----------
    pictures : tuple of PictureUnknowns
    joint : JointParameters
        All unknowns in one vector.
    """

    pictures: tuple[PictureUnknowns, ...]
    joint: JointParameters

    def __len__(self) -> int:
        """Number of unknowns."""
        return len(self.joint.parameters)

    def of_picture(self, number: int, values: np.ndarray) -> np.ndarray:
        """Unknowns of one picture out of the joint vector."""
        return self.joint.values_of(self.pictures[number].product_id, values)

    def places(self, number: int) -> np.ndarray:
        """Where in the joint vector the unknowns of a picture stand."""
        return self.joint.places[self.pictures[number].product_id]

    def deviations(self, pass_name: str, kind: str) -> np.ndarray:
        """Where in the joint vector deviations of the pictures of a pass stand."""
        index = self.joint.parameters.index
        names = [
            f"{picture.product_id}/{name}"
            for picture in self.pictures
            if picture.pass_name == pass_name
            for name in picture.deviations.get(kind, ())
        ]
        return np.array([index(name) for name in names], dtype=int)


def joint_unknowns(located: Mapping[str, tuple[str, Location]]) -> JointUnknowns:
    """Unknowns of pictures.

    Parameters
    ----------
    located : mapping
        By product: the name of its pass, and where the body is in it.
    """
    by_pass: dict[str, dict[str, Location]] = {}
    for product, (name, location) in located.items():
        by_pass.setdefault(name, {})[product] = location
    found: dict[str, PictureUnknowns] = {}
    shared: dict[str, None] = {}
    for name, some in by_pass.items():
        builder = _Pass(name, some)
        found |= {product: builder.unknowns(product) for product in some}
        shared |= dict.fromkeys(builder.shared)
    pictures = tuple(found[product] for product in located)
    sets = {picture.product_id: picture.parameters for picture in pictures}
    return JointUnknowns(pictures, JointParameters.of(sets, shared=tuple(shared)))


def _follows_a_path(location: Location) -> bool:
    """Whether Juno's place comes from a path, not from a label that was printed for this picture alone."""
    middle = float(np.mean(location.orientation_model.times_tdb))
    built_in = any(arc.start_tdb <= middle <= arc.end_tdb for arc in ARCS)
    return isinstance(location.orientation_model, KernelModel) or bool(location.orientation.files) or built_in


class _Pass:
    """Pictures of one pass, and what they share."""

    def __init__(self, name: str, located: Mapping[str, Location]) -> None:
        self.name = name
        self.shared: list[str] = []
        self._located = dict(sorted(located.items(), key=lambda item: _middle_tdb(item[1].orientation_model)))
        places = [_Place.of(location) for location in self._located.values()]
        self._body = next(iter(self._located.values())).orientation.body.name
        self._place = dict(zip(self._located, places, strict=True))
        self._with_path = [product for product, one in self._located.items() if _follows_a_path(one)]
        labels = [one.orientation_model for one in self._located.values()]
        self._spinning = [model for model in labels if isinstance(model, LabelModel)]
        self._transition: dict[str, np.ndarray] = {}
        if self._with_path:
            self._lay_path()

    def _lay_path(self) -> None:
        """Path through the pictures: its best known place is where its displacement is unknown."""
        places = [self._place[product] for product in self._with_path]
        self._reference = min(places, key=lambda place: (round(float(np.sum(place.sigmas_km**2)), 3), place.range_km))
        epoch = self._reference.tdb
        moved = transitions(
            np.array([place.tdb for place in places]) - epoch,
            np.stack([place.state for place in places]),
            epoch_s=0.0,
            gm_km3_s2=float(GALILEAN_MEAN_GM_KM3_S2.get(self._body, JUPITER_GM_KM3_S2)),
        )
        self._transition = dict(zip(self._with_path, moved, strict=True))

    def unknowns(self, product: str) -> PictureUnknowns:
        """Unknowns of one picture."""
        model, place = self._located[product].orientation_model, self._place[product]
        rows = _Rows(model.parameters)
        deviations: dict[str, tuple[str, ...]] = {}
        scale = 1.0 - float(place.direction @ _beta(self._body, place))
        if isinstance(model, LabelModel):
            model = self._turn(rows, deviations, model, place, scale)
        if product in self._transition:
            self._move(rows, deviations, model, place, self._transition[product])
        for edge in _EDGES:
            rows.add(edge, {})
            self.shared.append(edge.name)
        for p in model.parameters:
            if p.name not in rows.done:
                rows.add(p, {p.name: scale if p.name == _FOCAL else 1.0})
                if not p.name.startswith(_OWN):
                    self.shared.append(p.name)
        return PictureUnknowns(product, self.name, model, *rows.finished(), scale, deviations)

    def _turn(
        self, rows: "_Rows", deviations: dict[str, tuple[str, ...]], model: LabelModel, place: "_Place", scale: float
    ) -> LabelModel:
        """Axis and spin of the pass; stellar aberration turns what is seen from them, differently in each picture.

        What it makes smaller is also swept over sooner: to a camera at rest Juno would seem to spin faster.
        """
        middle = self._spinning[len(self._spinning) // 2]
        model = replace(model, spin_axis=middle.spin_axis)
        leaning = _aberration_tilt_deg(self._body, model.spin_axis, place)
        for inner, lean in zip(_TILTS, leaning, strict=True):
            prior = max((m.parameters[inner] for m in self._spinning), key=lambda p: p.prior_sigma)
            self._share(rows, deviations, "axis", model, prior, constant=float(lean))
        self._share(rows, deviations, "spin", model, model.parameters[_SPIN], slope=1.0 / scale)
        return model

    def _share(
        self,
        rows: "_Rows",
        deviations: dict[str, tuple[str, ...]],
        kind: str,
        model: LabelModel,
        prior: Parameter,
        *,
        constant: float = 0.0,
        slope: float = 1.0,
    ) -> None:
        """One parameter of the pass, and the picture's deviation from it."""
        of_pass = replace(prior, name=f"{self.name}/{prior.name}")
        own = replace(prior, name=f"own_{prior.name}", value=0.0, prior_sigma=model.parameters[prior.name].prior_sigma)
        self.shared.append(of_pass.name)
        rows.add(of_pass, {prior.name: slope})
        rows.add(own, {prior.name: slope})
        rows.constant[rows.index(prior.name)] = constant
        deviations[kind] = (*deviations.get(kind, ()), own.name)

    def _move(
        self,
        rows: "_Rows",
        deviations: dict[str, tuple[str, ...]],
        model: LabelModel | KernelModel,
        place: "_Place",
        transition: np.ndarray,
    ) -> None:
        """Place and velocity by the path of the pass, displaced; the clock moves Juno along it."""
        reference, axes = self._reference, place.position_axes
        variances, directions = np.linalg.eigh(reference.covariance_km2)
        sigmas = np.sqrt(np.maximum(variances, SHARED["path"] ** 2))
        path = [
            *(
                Parameter(f"{self.name}/path_{k}_km", "km", 0.0, float(s), 1e-2)
                for k, s in zip(_AXES, sigmas, strict=True)
            ),
            *(Parameter(f"{self.name}/path_{k}_km_s", "km/s", 0.0, reference.velocity_sigma_km_s, 1e-5) for k in _AXES),
        ]
        self.shared += [p.name for p in path]
        start = np.zeros((6, 6))
        start[:3, :3] = start[3:, 3:] = directions
        by_path = transition @ start
        for column, p in enumerate(path):
            rows.add(p, self._moved(model, axes, by_path[:, column]))
        if isinstance(model, LabelModel):
            rows.add(_OFFSET, self._moved(model, axes, np.concatenate([place.state[3:], np.zeros(3)])))
            for k, velocity in zip("xyz", place.state[3:], strict=True):
                rows.constant[rows.index(f"velocity_{k}_km_s")] = velocity
        own = [f"position_{k}_km" for k in _AXES]
        for name, sigma in zip(own, place.sigmas_km, strict=True):
            rows.add(Parameter(f"own_{name}", "km", 0.0, float(sigma), 1e-2), {name: 1.0})
        deviations["path"] = tuple(f"own_{name}" for name in own)

    @staticmethod
    def _moved(model: LabelModel | KernelModel, axes: np.ndarray, displacement: np.ndarray) -> dict[str, float]:
        """A displacement of state, ICRF, by the names of the model's own parameters."""
        by_name = {f"position_{k}_km": float(axis @ displacement[:3]) for k, axis in zip(_AXES, axes, strict=True)}
        if isinstance(model, LabelModel):
            by_name |= {f"velocity_{k}_km_s": float(v) for k, v in zip("xyz", displacement[3:], strict=True)}
        return by_name


class _Rows:
    """Linear functions that are being put together."""

    def __init__(self, inner: ParameterSet) -> None:
        self._inner = inner
        self._columns: list[np.ndarray] = []
        self._unknowns: list[Parameter] = []
        self.constant = np.zeros(len(inner))
        self.done: set[str] = set()

    def index(self, name: str) -> int:
        """Place of an own parameter."""
        return self._inner.index(name)

    def add(self, unknown: Parameter, slopes: Mapping[str, float]) -> None:
        """Take up an unknown, with derivatives of the model's own parameters by it."""
        column = np.zeros(len(self._inner))
        for name, slope in slopes.items():
            column[self._inner.index(name)] = slope
        self.done |= set(slopes)
        self._unknowns.append(unknown)
        self._columns.append(column)

    def finished(self) -> tuple[ParameterSet, np.ndarray, np.ndarray]:
        """Unknowns, constants and derivatives."""
        return ParameterSet(tuple(self._unknowns)), self.constant, np.stack(self._columns, axis=1)


@dataclass(frozen=True)
class _Place:
    """Where a picture was taken from before anything was fitted; ICRF."""

    tdb: float
    state: np.ndarray
    position_axes: np.ndarray  # one a row
    sigmas_km: np.ndarray  # along them, the clock's part taken out
    velocity_sigma_km_s: float

    @property
    def range_km(self) -> float:
        return float(np.linalg.norm(self.state[:3]))

    @property
    def direction(self) -> np.ndarray:
        """Unit vector to the body."""
        direction: np.ndarray = -self.state[:3] / self.range_km
        return direction

    @property
    def covariance_km2(self) -> np.ndarray:
        covariance: np.ndarray = (self.position_axes.T * self.sigmas_km**2) @ self.position_axes
        return covariance

    @classmethod
    def of(cls, location: Location) -> "_Place":
        model = location.orientation_model
        sigmas = np.array([model.parameters[f"position_{k}_km"].prior_sigma for k in _AXES])
        if isinstance(model, LabelModel):
            velocity = np.array([model.parameters[f"velocity_{k}_km_s"].value for k in "xyz"])
            jitter = _OFFSET.prior_sigma * np.abs(model.position_axes @ velocity)
            sigmas = np.sqrt(np.maximum(sigmas**2 - jitter**2, SHARED["path"] ** 2))
            state = np.concatenate([model.position_km, velocity])
            velocity_sigma = model.parameters["velocity_x_km_s"].prior_sigma
            return cls(model.position_epoch_tdb, state, model.position_axes, sigmas, velocity_sigma)
        middle = model.base.n_frames // 2
        tdb, position = float(model.base.times_tdb[middle]), model.base.position_km[middle]
        light_s = float(np.linalg.norm(position)) / SPEED_OF_LIGHT_KM_S
        body = location.orientation.body
        to_body = icrf_to_body(body.name, tdb - light_s)
        turning = np.cross([0.0, 0.0, np.radians(body.rotation_deg_s)], position)
        state = np.concatenate([position, model.velocity_km_s[middle] + turning]) @ np.kron(np.eye(2), to_body)
        return cls(tdb, state, model.position_axes @ to_body, sigmas, _KERNEL_VELOCITY_SIGMA_KM_S)


def _middle_tdb(model: LabelModel | KernelModel) -> float:
    return float(0.5 * (model.times_tdb[0] + model.times_tdb[-1]))


def _beta(body: str, place: _Place) -> np.ndarray:
    """Velocity of the camera against the barycentre of the solar system over that of light, ICRF."""
    velocity = place.state[3:] + EMBEDDED.state(body, place.tdb, center="SSB")[3:]
    beta: np.ndarray = velocity / SPEED_OF_LIGHT_KM_S
    return beta


def _aberration_tilt_deg(body: str, spin_axis: np.ndarray, place: _Place) -> np.ndarray:
    """Tilt, about x and y, that stands for stellar aberration of the body: light is seen to come from farther ahead.

    What lies in the direction d is seen turned by d x v / c, to first order. Around it the picture is smaller by
    d . v / c (`PictureUnknowns.focal_scale`), and Juno seems to spin as much faster. A focal length scales about the
    optical axis, not about the body: the tilt takes back what that moves the body along the spin axis.
    """
    beta = _beta(body, place)
    scaled = (place.direction @ beta) * (place.direction @ spin_axis) * spin_axis
    turn = np.cross(place.direction, beta + scaled)
    tilt: np.ndarray = -np.degrees((axis_to_z(spin_axis) @ turn)[:2])
    return tilt
