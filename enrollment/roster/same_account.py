"""One account for many people on end, as a cell dragged down makes it: it may be right, so it is told and taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MANY = 10  # more than a household has


class Run(NamedTuple):
    sheet: str
    first_row: int
    people: int


@dataclass(slots=True)
class SameAccount:
    """Follows the accounts of one sheet, chunk by chunk, and puts long runs into `found`."""

    sheet: str
    found: list[Run]
    _account: str = ""
    _first_row: int = 0
    _people: int = 0

    def look(self, numbers: Sequence[int], accounts: Iterable[str]) -> None:
        for row_no, account in zip(numbers, accounts, strict=True):
            if account == self._account:
                self._people += 1
            else:
                self.close()
                self._account, self._first_row, self._people = account, row_no, 1

    def close(self) -> None:
        if self._account and self._people >= MANY:
            self.found.append(Run(self.sheet, self._first_row, self._people))
        self._account, self._people = "", 0
