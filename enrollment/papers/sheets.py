"""One printed sheet: the template, its data, and what is recorded of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from enrollment.papers.families import Family
from office.check_code import check_code
from office.glyphs import is_printable, with_marks
from orgs.models import Region, User
from schemes.models import Edition
from schemes.terms.model import EditionTerms

RARE = "〔生僻字，见系统〕"


@dataclass(frozen=True)
class Sheet:
    """`village` None: the whole township. `snapshot` is empty where no code is compared with the roster as a whole."""

    document: str
    name: str
    village: Region | None
    data: dict[str, Any]
    code: str
    digest: str
    persons: int
    households: int
    premium_fen: int | None = None
    snapshot: bytes = b""
    unprintable: int = 0


@dataclass
class Names:
    """Prints names, and keeps count of those with a character that the font lacks."""

    unprintable: list[int] = field(default_factory=list)

    def printed(self, name: str, number: int) -> str:
        """The name; a rare one with 〓 and a word for whoever seals the paper. `number`: of the line on the paper."""
        if is_printable(name):
            return name
        self.unprintable.append(number)
        return with_marks(name) + RARE

    def mark(self) -> list[str]:
        """The line under the list, where there is something to tell."""
        if not self.unprintable:
            return []
        which = "、".join(map(str, self.unprintable[:20])) + ("等" if len(self.unprintable) > 20 else "")
        return [
            f"第 {which} 号共 {len(self.unprintable)} 人的姓名里有字库印不出的字，印作“〓”；"
            "请照系统里的姓名手写补全后再盖章。"
        ]


def code_of(paper: str, edition: Edition, place: Region, content: object) -> str:
    """The check code: the same for the same roster, another once it has changed."""
    return check_code({"paper": paper, "edition": edition.code, "place": place.path, "content": content})


def stamp_of(by: User) -> dict[str, str]:
    """When and by whom, as every paper says."""
    return {
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "printed_by": f"{by.organization.short_name} {by.name}",
    }


def terms_now(edition: Edition) -> EditionTerms:
    """The terms that households are told of: those in force today, with the amendments that have taken effect."""
    return edition.terms_on(timezone.localdate())


def title_of(edition: Edition, places: Iterable[str], what: str) -> str:
    """`重庆市万州区大周镇铺垭村2021年度“巩固脱贫保”参保名册`."""
    return f"{''.join(places)}{edition.title}{what}"


@dataclass(frozen=True)
class Village:
    """A village with its households, in the order in which papers list them."""

    region: Region
    families: list[Family]
