"""The way that a township's roster takes until it is in force, as the notice orders it."""

from dataclasses import dataclass
from datetime import date

from schemes.terms.figures import Figure, Interpretation


@dataclass(frozen=True, slots=True)
class RosterStep:
    """`step`: review (township), police, collate (authority) or underwrite (insurer). `due` None: no day is named."""

    step: str
    label: str
    department: str
    due: date | None
    clause: str
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class Publicity:
    """公示: the roster is put up for so many days before it goes up."""

    days: Figure
    clause: str
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class RosterSteps:
    """In the order in which they are taken; drafting comes before all of them and isn't written."""

    steps: tuple[RosterStep, ...]
    publicity: Publicity | None = None

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(one.step for one in self.steps)

    def of(self, step: str) -> RosterStep:
        return next(one for one in self.steps if one.step == step)
