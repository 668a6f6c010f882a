"""The township and village of a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from calc.text import fold
from enrollment.roster.cells import Cell, as_text
from enrollment.roster.fields import Desk, without_numbers
from enrollment.roster.regions import RegionIndex, Township, Village, village_key

# said of every township that is not the uploader's, so that nothing is learned of it
_NOT_YOURS = ("township_out_of_scope", "该乡镇不在您的辖区", "请改正乡镇，或交由该乡镇的经办人上传")


_MAX_KNOWN = 100_000


class Home(NamedTuple):
    """Where a row says that the person lives; ids only where that is right, the group where the village names it."""

    township_id: int | None
    township_name: str
    village_id: int | None
    village_name: str
    group: str = ""


@dataclass(slots=True)
class PlaceReader:
    """Finds places by name; with a fixed township the upload is for that one alone."""

    regions: RegionIndex
    fixed: Township | None = None
    _known: dict[tuple[Cell, Cell], Home] = field(default_factory=dict)

    @property
    def township_needed(self) -> bool:
        return self.fixed is None

    def known(self, townships: Sequence[Cell], villages: Sequence[Cell]) -> list[Home | None]:
        """Homes of many rows, so far as they are known to be right."""
        return list(map(self._known.get, zip(townships, villages, strict=True)))

    def read(self, desk: Desk, township: Cell, village: Cell) -> Home:
        """What the two cells name. Right answers are kept: a roster has few places and many rows."""
        known = self._known.get((township, village))
        if known is not None:
            return known
        before = len(desk.problems)
        town = self.township(desk, township)
        home, group = self.village(desk, village, town)
        found = Home(
            township_id=town.id if town else None,
            township_name=town.name if town else without_numbers(_place_name(township))[:50],
            village_id=home.id if home else None,
            village_name=village_key(home.name) if home else without_numbers(_place_name(village))[:50],
            group=group,
        )
        if len(desk.problems) == before and len(self._known) < _MAX_KNOWN:
            self._known[township, village] = found
        return found

    def township(self, desk: Desk, cell: Cell) -> Township | None:
        name = _place_name(cell)
        if not name:
            return self._unnamed(desk)
        found = self.regions.township(name)
        if found is None:
            offer = _offer(self.regions.near_townships(name), "请按行政区划全称填写")
            desk.problem("township", "township_unknown", name, f"没有叫“{name[:30]}”的乡镇", offer)
            return None
        if not found.own:
            kind, message, mend = _NOT_YOURS
            desk.problem("township", kind, name, message, mend)
            return None
        return self._accepted(desk, found, name)

    def _unnamed(self, desk: Desk) -> Township | None:
        if self.fixed is None:
            desk.problem("township", "missing", "（空）", "必填，没有填", "请填写乡镇（街道）全称")
        return self.fixed

    def _accepted(self, desk: Desk, found: Township, name: str) -> Township | None:
        if self.fixed is not None and found.id != self.fixed.id:
            message = f"与本次上传的乡镇“{self.fixed.name}”不一致"
            desk.problem("township", "township_mismatch", name, message, "请改正乡镇，或另行上传到该乡镇")
            return None
        if not found.takes_part:
            mend = "请删去该行；如应参加，请联系县级主管部门"
            desk.problem("township", "township_not_taking_part", name, "该乡镇不参加本年度方案", mend)
            return None
        return found

    def village(self, desk: Desk, cell: Cell, township: Township | None) -> tuple[Village | None, str]:
        """Looked for only within a township that is known and the uploader's; with the group that the cell names."""
        name = _place_name(cell)
        if not name:
            desk.problem(
                "village",
                "missing",
                "（空）",
                "必填，没有填",
                "请填写村（社区）全称，每一行都要填",
            )
            return None, ""
        if township is None:
            return None, ""
        found, group = self.regions.village_and_group(township, name)
        if found is None:
            offer = _offer(self.regions.near_villages(township, name), "请按行政区划全称填写")
            desk.problem("village", "village_unknown", name, f"{township.name}没有叫“{name[:30]}”的村（社区）", offer)
        return found, group


def _place_name(cell: Cell) -> str:
    text = cell if isinstance(cell, str) else as_text(cell)
    return text if text.isalpha() and not text.isascii() else fold(text).replace(" ", "")


def _offer(near: tuple[str, ...], otherwise: str) -> str:
    return f"是不是{'、'.join(f'“{name}”' for name in near)}？请改为全称" if near else otherwise
