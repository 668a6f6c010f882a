"""A number of the notice, and the reading taken where the notice leaves one open."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The reading taken where the notice is silent (口径说明). `trial`: a made-up figure (试用参数)."""

    title: str
    text: str
    where: str
    clause: str
    trial: bool = False

    @property
    def printed(self) -> str:
        return f"{self.title}：{self.text}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the notice. `text` is the number as printed: `1,000.00`, `10%`, `22`."""

    value: Decimal
    text: str
    clause: str
    interpretation: Interpretation | None = None
    trial: bool = False
