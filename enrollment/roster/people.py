"""Who has been seen already in this upload, over all of its sheets and files."""

from dataclasses import dataclass, field

from calc.id_number import as_18

_ROW_BITS = 24
_PLACE_BITS = 12
_NAME_BITS = 24  # so that the whole fits two digits of a Python integer


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the same person stood first, and whether under the same name."""

    place: str
    row_no: int
    same_name: bool


@dataclass(slots=True)
class SeenPeople:
    """Keeps two whole numbers a person, so that 1.2 million take some 170 MB."""

    places: list[str] = field(default_factory=list)
    _rows: dict[int | str, int] = field(default_factory=dict)

    def add_place(self, place: str) -> int:
        """A sheet (of a file); the number is what `first` wants."""
        self.places.append(place)
        return len(self.places) - 1

    def first(self, id_number: str, *, name: str, place: int, row_no: int) -> Seen | None:
        """None the first time that a number comes; else where it came first."""
        mine = (hash(name) & (1 << _NAME_BITS) - 1) << (_ROW_BITS + _PLACE_BITS) | place << _ROW_BITS | row_no
        known = self._rows.setdefault(_key(id_number), mine)
        if known == mine:
            return None
        return Seen(
            place=self.places[known >> _ROW_BITS & (1 << _PLACE_BITS) - 1],
            row_no=known & (1 << _ROW_BITS) - 1,
            same_name=known >> (_ROW_BITS + _PLACE_BITS) == mine >> (_ROW_BITS + _PLACE_BITS),
        )


def _key(id_number: str) -> int | str:
    """A number of 15 digits is the same person as its form of 18; the last of 18 follows from the others."""
    full = id_number if len(id_number) == 18 else as_18(id_number)
    return int(full[:17]) if len(full) == 18 else full
