"""Events as records, and what their words mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from perijove.ephemeris.observers import Observer

__all__ = ["CONTACTS", "KINDS", "Almanac", "Contact", "MoonEvent", "sentence", "short_name"]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "transit": "a moon before Jupiter",
        "shadow_transit": "a moon's shadow on Jupiter",
        "occultation": "a moon behind Jupiter",
        "eclipse": "a moon in Jupiter's shadow",
        "mutual_occultation": "a moon before another moon",
        "mutual_eclipse": "a moon's shadow on another moon",
    }
)
"""What can happen, by name."""

CONTACTS: Mapping[str, str] = MappingProxyType(
    {
        "I": "discs touch from outside, it begins",
        "II": "discs touch from inside: the smaller disc wholly before or behind the larger",
        "III": "discs touch from inside for the last time",
        "IV": "discs touch from outside, it ends",
        "P1": "the penumbra touches the disc from outside",
        "P2": "penumbra and disc touch from inside",
        "P3": "penumbra and disc touch from inside for the last time",
        "P4": "the penumbra leaves the disc",
        "U1": "the umbra touches the disc from outside",
        "U2": "umbra and disc touch from inside: total, or the umbra wholly on the larger disc",
        "U3": "umbra and disc touch from inside for the last time",
        "U4": "the umbra leaves the disc",
        "ingress": "the moon's centre crosses Jupiter's limb, or the edge of the shadow of a Sun without size",
        "egress": "the moon's centre crosses it again",
        "lit_ingress": "centre of moon or shadow enters what of Jupiter's disc is lit and in view, later than ingress",
        "lit_egress": "it leaves that part; earlier than egress",
        "closest": "centres stand closest in angle, as seen by the observer or, for shadows, by the Sun",
    }
)
"""What a time tells, by name."""

_NUMERALS = {"IO": "I", "EUROPA": "II", "GANYMEDE": "III", "CALLISTO": "IV"}
_SHORT = {"transit": "Tr", "shadow_transit": "Sh", "occultation": "Oc", "eclipse": "Ec"}
_BEGINS = ("lit_ingress", "ingress", "U1", "P1", "I")  # of what a table shows, the first that happens
_ENDS = ("lit_egress", "egress", "U4", "P4", "IV")


@dataclass(frozen=True, slots=True)
class Contact:
    """One moment of an event.

    Attributes
    ----------
    name : str
        One of `CONTACTS`.
    tdb : float
        When the observer sees it, TDB seconds past J2000.
    event_tdb : float
        When it happens: at the moon behind or in shadow, on Jupiter for its shadow, at the moon in transit.
    sigma_s : float
        Standard error from the ephemeris; NaN at closest approach and where it is not known.
    limb_s : float
        How far off Jupiter's limb may put it: what hides light stands higher than the 1-bar level that is computed, by
        haze (60 km, for what is before Jupiter) or by refraction (150 km, for what is behind it or in its shadow).
        Eclipses and occultations begin about so much earlier and end so much later. 0 for mutual events.
    hidden : str or None
        Why the observer cannot see it: behind Jupiter, in Jupiter's shadow, beyond the limb (so that it does not come
        into view within a second either), below the horizon.
    jupiter_altitude_deg, jupiter_azimuth_deg, sun_altitude_deg : float or None
        For a site, without refraction; azimuth from north by east, 0 to 360.
    """

    name: str
    tdb: float
    event_tdb: float
    sigma_s: float
    limb_s: float
    hidden: str | None
    jupiter_altitude_deg: float | None = None
    jupiter_azimuth_deg: float | None = None
    sun_altitude_deg: float | None = None


@dataclass(frozen=True, slots=True)
class MoonEvent:
    """Something before something else.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    type : str
        ``total``, ``annular`` (the smaller disc or umbra wholly before the larger one), ``partial`` or ``penumbral``.
    front, back : str
        What hides or throws its shadow, and what is hidden or darkened.
    contacts : tuple of Contact
        In the order of time; those that happen, within what was searched.
    closest : Contact
    magnitude : float or None
        Mutual events: part of the back moon's diameter that is covered at closest (eclipses: by the umbra).
    area_covered : float or None
        Mutual events: the same of the area of its disc.
    light_lost : float or None
        Mutual eclipses: part of its sunlight that is lost then, penumbra included.
    """

    kind: str
    type: str
    front: str
    back: str
    contacts: tuple[Contact, ...]
    closest: Contact
    magnitude: float | None = None
    area_covered: float | None = None
    light_lost: float | None = None

    @property
    def start_tdb(self) -> float:
        """First contact as seen."""
        return self.contacts[0].tdb

    @property
    def end_tdb(self) -> float:
        """Last contact as seen."""
        return self.contacts[-1].tdb

    @property
    def visible(self) -> bool:
        """Whether the observer can see any of its moments."""
        return any(contact.hidden is None for contact in (*self.contacts, self.closest))

    @property
    def begin(self) -> Contact:
        """What an observer waits for: the centre on the edge of Jupiter's lit disc, the umbra if there is one."""
        return next((found for name in _BEGINS if (found := self.contact(name))), self.contacts[0])

    @property
    def end(self) -> Contact:
        """The counterpart of `begin`."""
        return next((found for name in _ENDS if (found := self.contact(name))), self.contacts[-1])

    def contact(self, name: str) -> Contact | None:
        """The contact of a name; None where it does not happen."""
        return next((contact for contact in (*self.contacts, self.closest) if contact.name == name), None)


@dataclass(frozen=True, slots=True)
class Almanac:
    """Events of a span, and for whom.

    Attributes
    ----------
    start_tdb, end_tdb : float
        TDB seconds past J2000, at the observer.
    observer : Observer
    source : str
        What the ephemeris is called.
    events : tuple of MoonEvent
        By first contact.
    """

    start_tdb: float
    end_tdb: float
    observer: Observer
    source: str
    events: tuple[MoonEvent, ...]

    @property
    def place(self) -> str:
        """From where it is seen, in words."""
        on_earth = self.observer.place is not None
        return self.observer.name if on_earth else f"the centre of {self.observer.name.capitalize()}"


def sentence(event: MoonEvent) -> str:
    """What happens, in words: ``Io in Jupiter's shadow``, ``Io before Europa, partial, 32 % of its disc``."""
    front, back = event.front.capitalize(), event.back.capitalize()
    match event.kind:
        case "transit" | "mutual_occultation":
            text = f"{front} before {back}"
        case "shadow_transit" | "mutual_eclipse":
            text = f"{front}'s shadow on {back}"
        case "occultation":
            text = f"{back} behind {front}"
        case _:
            text = f"{back} in {front}'s shadow"
    if event.type != "total" or event.magnitude is not None:
        text += f", {event.type}"
    if event.light_lost is not None:
        text += f", {100.0 * event.light_lost:.0f} % of its light"
    elif event.area_covered is not None:
        text += f", {100.0 * event.area_covered:.0f} % of its disc"
    return text


def short_name(event: MoonEvent) -> str:
    """As almanacs write it: ``I Ec``, ``II Tr``, ``1 O 3``, ``4 E 1``."""
    if event.kind.startswith("mutual"):
        numbers = [list(_NUMERALS).index(body) + 1 for body in (event.front, event.back)]
        return f"{numbers[0]} {'O' if event.kind == 'mutual_occultation' else 'E'} {numbers[1]}"
    moon = event.back if event.front == "JUPITER" else event.front
    return f"{_NUMERALS[moon]} {_SHORT[event.kind]}"
