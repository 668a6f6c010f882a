"""Townships and villages by the names that people write: exact names, listed aliases and official suffixes.

Nothing is guessed: a name that could be two places, or none, is not found, and near names are offered.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

NEAR_LOOKUPS = 500
_NEAR = 3
_LONGEST = 60
_GROUP = re.compile(
    r"(.+?)[-/,，、]?(\()?第?((?:[0-9]{1,3}|[一二三四五六七八九十百]{1,4})(?:(?:村民|居民)?小?组|生产队|社|队))(?(2)\))"
)
_SUFFIX = re.compile(r"(?:(社区)?居民委员会|(社区)?居委会|(村)?村民委员会|(村)?村民委员|(村)?村委会|(村)?村委)$")


@dataclass(frozen=True, slots=True)
class Village:
    """A village or residents' community (村、社区)."""

    id: int
    name: str
    path: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Township:
    """own: within the uploader's scope; takes_part: the edition covers it."""

    id: int
    name: str
    path: str = ""
    own: bool = True
    takes_part: bool = True
    aliases: tuple[str, ...] = ()
    villages: tuple[Village, ...] = ()


_Place = TypeVar("_Place", Village, Township)


@dataclass(slots=True)
class RegionIndex:
    """One county's places by name. Build it with `RegionIndex.of`."""

    county: str
    townships: Mapping[int, Township]
    _by_name: Mapping[str, Township]
    _villages: Mapping[int, Mapping[str, Village]]
    _near: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, county: str, townships: Sequence[Township]) -> "RegionIndex":
        return cls(
            county=county,
            townships={township.id: township for township in townships},
            _by_name=_unambiguous((name, one) for one in townships for name in (one.name, *one.aliases)),
            _villages={one.id: _unambiguous(_village_names(one)) for one in townships},
        )

    def township(self, name: str) -> Township | None:
        """By its name or an alias, also behind the county's name and as its office: 重庆市万州区龙沙镇人民政府."""
        bare = name.rpartition(self.county)[2]
        forms = (name, bare, bare.removesuffix("人民政府"), bare.removesuffix("办事处"))
        return next((found for form in forms if (found := self._by_name.get(form))), None)

    def village(self, township: Township, name: str) -> Village | None:
        """By its name, an alias, or either with another official suffix; 某市某区大周镇铺垭村 is 铺垭村 there."""
        names = self._villages[township.id]
        rest = name.rpartition(self.county)[2] or name
        for form in (name, *map(rest.removeprefix, (township.name, *township.aliases))):
            if found := names.get(form) or names.get(village_key(form)):
                return found
        return None

    def village_and_group(self, township: Township, name: str) -> tuple[Village | None, str]:
        """A village with the group that stands behind its name: 沙包村三组, 沙包村第3村民小组."""
        if found := self.village(township, name):
            return found, ""
        parts = _GROUP.fullmatch(name[:_LONGEST])
        found = self.village(township, parts[1]) if parts else None
        return (found, parts[3]) if found and parts else (None, "")

    def village_names(self, township: Township) -> Mapping[str, Village]:
        """Every name that stands for one village of the township alone."""
        return self._villages[township.id]

    def near_townships(self, name: str) -> tuple[str, ...]:
        """Up to three of the uploader's own townships that look like the name."""
        return self._near_names(0, name, [one.name for one in self.townships.values() if one.own])

    def near_villages(self, township: Township, name: str) -> tuple[str, ...]:
        return self._near_names(township.id, name, [village_key(one.name) for one in township.villages])

    def _near_names(self, place: int, name: str, names: list[str]) -> tuple[str, ...]:
        """Once per spelling, and for so many spellings only: a hostile file has a new one in each row."""
        key = (place, name)
        if key not in self._near:
            if len(self._near) >= NEAR_LOOKUPS:
                return ()
            self._near[key] = tuple(difflib.get_close_matches(name[:30], names, n=_NEAR, cutoff=0.5))
        return self._near[key]


def village_key(name: str) -> str:
    """The short form of an official name: 铺垭村村民委员会 → 铺垭村, 常家坪社区居民委员会 → 常家坪社区."""
    match = _SUFFIX.search(name)
    if match is None or match.start() == 0:
        return name
    ending = "社区" if "居" in match.group() else "村"
    return name[: match.start()] + ending


def _village_names(township: Township) -> list[tuple[str, Village]]:
    return [
        (form, village)
        for village in township.villages
        for name in (village.name, *village.aliases)
        for form in dict.fromkeys((name, village_key(name)))
    ]


def _unambiguous(pairs: Iterable[tuple[str, _Place]]) -> dict[str, _Place]:
    """By name; a name that stands for two places is left out."""
    found: dict[str, _Place] = {}
    twice: set[str] = set()
    for name, place in pairs:
        if found.setdefault(name, place).id != place.id:
            twice.add(name)
    return {name: place for name, place in found.items() if name not in twice}
