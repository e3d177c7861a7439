"""Poses to be used again: what is kept of an adjusted picture, as plain values, and how they come back to a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from perijove.adjustment.adjust import Adjusted
from perijove.errors import FormatError, InputError
from perijove.formats.image import RawImage, SourceFile
from perijove.junocam.limb.fit import LimbEquations, camera_of
from perijove.junocam.locate import Location
from perijove.scene.parameters import Parameter, ParameterSet
from perijove.scene.spin import KernelModel, LabelModel

__all__ = ["Control", "PictureControl", "control_from", "control_of"]

_SHAPES = {
    "spin_axis": (3,),
    "position_km": (3,),
    "position_axes": (3, 3),
    "phase_epoch_tdb": (),
    "position_epoch_tdb": (),
}  # fields of a `LabelModel` that an adjustment or the search for the body chooses


@dataclass(frozen=True)
class PictureControl:
    """Poses of one picture.

    Attributes
    ----------
    product_id : str
    sources : tuple of SourceFile
        Files that it was read from; the pixels' hash must be the same where the poses are used.
    way : str
        ``label`` or ``kernels``: which pose model the parameters are of.
    model : mapping
        Fields of the pose model that are not the picture's label: epochs (TDB), ICRF vectors, km; none with kernels.
    parameters : ParameterSet
        With their priors.
    values : array, shape (p,)
    covariance : array, shape (p, p)
    """

    product_id: str
    sources: tuple[SourceFile, ...]
    way: str
    model: Mapping[str, np.ndarray]
    parameters: ParameterSet
    values: np.ndarray
    covariance: np.ndarray

    def record(self) -> dict[str, object]:
        """Plain values, for JSON."""
        sigmas = np.sqrt(np.diag(self.covariance))
        rows = zip(self.parameters, self.values.tolist(), sigmas.tolist(), strict=True)
        return {
            "product_id": self.product_id,
            "sources": [{"name": source.name, "sha256": source.sha256} for source in self.sources],
            "way": self.way,
            "model": {name: np.asarray(value).tolist() for name, value in self.model.items()},
            "parameters": [
                {"name": p.name, "unit": p.unit, "value": value, "sigma": sigma}
                | {"prior": p.value, "prior_sigma": p.prior_sigma, "step": p.step}
                for p, value, sigma in rows
            ],
            "covariance": self.covariance.tolist(),
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "PictureControl":
        """Read `record`; KeyError, TypeError or ValueError where it is not one."""
        rows: Sequence[Mapping[str, Any]] = record["parameters"]
        parameters = ParameterSet(
            tuple(
                Parameter(str(r["name"]), str(r["unit"]), float(r["prior"]), float(r["prior_sigma"]), float(r["step"]))
                for r in rows
            )
        )
        model = {name: np.asarray(value, dtype=float) for name, value in record["model"].items()}
        values = np.array([float(r["value"]) for r in rows])
        covariance = np.asarray(record["covariance"], dtype=float)
        shapes = {name: value.shape for name, value in model.items()}
        if covariance.shape != (len(rows), len(rows)) or shapes not in ({}, _SHAPES):
            raise ValueError
        if not all(np.isfinite(part).all() for part in (values, covariance, *model.values())):
            raise ValueError
        sources = tuple(SourceFile(str(s["name"]), str(s["sha256"])) for s in record["sources"])
        return cls(str(record["product_id"]), sources, str(record["way"]), model, parameters, values, covariance)

    def applied(self, location: Location) -> Location:
        """Give a picture that was located by itself these poses.

        Parameters
        ----------
        location : Location
            Of the same picture, located in the same way. Its limb points and verdict are kept.

        Raises
        ------
        InputError
            Where the picture was located in another way, with kernels or without.
        """
        model = location.orientation_model
        way = _way(model)
        if way != self.way or set(model.parameters.names) != set(self.parameters.names):
            raise InputError(
                f"{self.product_id}: its poses in the control were found with {_SAID[self.way]}, and it was located "
                f"now with {_SAID[way]}; do both in the same way"
            )
        fields: dict[str, Any] = {name: value if value.ndim else float(value) for name, value in self.model.items()}
        model = replace(model, parameters=self.parameters, **fields)
        named, own = self.parameters.named(self.values), location.solution
        before = own.parameters.named(own.values)
        known = camera_of(location.shot, own.parameters.named(own.parameters.values), before=before)
        limb = LimbEquations(model, own, known, self.values)
        limb.select(self.values)
        solution = replace(
            own,
            parameters=self.parameters,
            values=self.values,
            sigmas=np.sqrt(np.diag(self.covariance)),
            covariance=self.covariance,
            residual_px=limb.residual_px(self.values),
            kept=limb.kept,
        )
        poses = location.shot.with_poses(model.view(self.values))
        sources = location.orientation.sources
        adjusted = {name: f"{sources[name]}; adjusted with other pictures" for name in ("position", "attitude")}
        return replace(
            location,
            orientation=replace(location.orientation, sources=sources | adjusted),
            orientation_model=model,
            solution=solution,
            shot=camera_of(poses, named, before=before),
        )


_SAID = {"label": "label and limb", "kernels": "attitude kernels"}


def _way(model: LabelModel | KernelModel) -> str:
    return "label" if isinstance(model, LabelModel) else "kernels"


@dataclass(frozen=True)
class Control:
    """Poses of the pictures of an adjustment, by product.

    Attributes
    ----------
    pictures : mapping of str to PictureControl
    source : SourceFile or None
        The file they were read from.
    """

    pictures: Mapping[str, PictureControl]
    source: SourceFile | None = None

    def applied(self, raw: RawImage, location: Location) -> Location:
        """Give a picture its poses of the adjustment; see `PictureControl.applied`.

        Raises
        ------
        InputError
            Where the control has no such picture, or was made of other pixels.
        """
        if raw.product_id not in self.pictures:
            some = ", ".join(list(self.pictures)[:3])
            raise InputError(f"{raw.product_id}: not in the control, which has {some} ...; adjust it with the others")
        one = self.pictures[raw.product_id]
        if raw.sources and one.sources and raw.sources[0].sha256 != one.sources[0].sha256:
            raise InputError(
                f"{raw.product_id}: {raw.sources[0].name} is not the file that was adjusted; adjust it anew"
            )
        return one.applied(location)


def control_of(adjusted: Adjusted) -> Control:
    """What is kept of an adjustment to be used again."""
    pictures = {}
    for picture, location in zip(adjusted.pictures, adjusted.locations, strict=True):
        model, solution = location.orientation_model, location.solution
        fields = {name: getattr(model, name) for name in _SHAPES} if isinstance(model, LabelModel) else {}
        pictures[picture.product_id] = PictureControl(
            picture.product_id,
            picture.sources,
            _way(model),
            {name: np.asarray(value, dtype=float) for name, value in fields.items()},
            solution.parameters,
            solution.values,
            solution.covariance,
        )
    return Control(pictures)


def control_from(record: Mapping[str, Any], source: SourceFile) -> Control:
    """Read what ``perijove control`` has written.

    Parameters
    ----------
    record : mapping
        Decoded JSON.
    source : SourceFile
        Where it came from.

    Raises
    ------
    FormatError
        Where it is not such a record, or something in it is missing or no number.
    """
    try:
        pictures = [PictureControl.of_record(one) for one in record["pictures"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FormatError(
            f"{source.name}: is not the JSON of `perijove control`, or is damaged; make it anew"
        ) from None
    return Control({one.product_id: one for one in pictures}, source)
