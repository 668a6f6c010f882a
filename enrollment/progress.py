"""How far enrolment has come, by township and village: plain figures and what follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

NOT_BEGUN, UNDER_WAY, REACHED, NO_GOAL = "not_begun", "under_way", "reached", "no_goal"
STATE_WORDS = {NOT_BEGUN: "未启动", UNDER_WAY: "推进中", REACHED: "已达到", NO_GOAL: "推进中"}
BAR_WIDTH = 96  # pixels of a bar that is full


@dataclass(frozen=True, slots=True)
class Measured:
    """Enrolled people against a goal; None where no goal is known."""

    enrolled: int
    goal: int | None

    @property
    def missing(self) -> int | None:
        return None if self.goal is None else max(self.goal - self.enrolled, 0)

    @property
    def rate(self) -> str:
        """Per cent with one decimal, cut off: what is not reached is never printed as 100 %."""
        if not self.goal:
            return ""
        tenths = self.enrolled * 1000 // self.goal
        return f"{tenths // 10}.{tenths % 10}%"

    @property
    def width(self) -> int:
        """Of the bar, in pixels; somebody is always seen."""
        if not self.goal or not self.enrolled:
            return 0
        return max(1, min(BAR_WIDTH, self.enrolled * BAR_WIDTH // self.goal))

    @property
    def state(self) -> str:
        if not self.enrolled:
            return NOT_BEGUN
        if self.goal is None:
            return NO_GOAL
        return REACHED if self.enrolled >= self.goal else UNDER_WAY

    @property
    def state_word(self) -> str:
        return STATE_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class VillageProgress(Measured):
    """`unenrolled`: of the members list, None where the village has nobody on one; keepers are names."""

    id: int
    name: str
    population: int | None
    reported: int | None
    unenrolled: int | None
    recognised_on: date | None
    keepers: tuple[str, ...]
    group_keepers: int

    @property
    def not_covered(self) -> int | None:
        """People of the village who are not enrolled: by the members list, else by its population."""
        if self.unenrolled is not None:
            return self.unenrolled
        return None if self.population is None else max(self.population - self.enrolled, 0)

    @property
    def covers_all(self) -> bool:
        """全村统保: everybody is enrolled, and somebody is."""
        return self.enrolled > 0 and self.not_covered == 0

    @property
    def covered_text(self) -> str:
        """已认定 2021-09-01; the same with 现有 3 人未参保; 全村统保; or nothing."""
        if self.recognised_on is None:
            return "全村统保" if self.covers_all else ""
        since = f"，现有 {self.not_covered:,} 人未参保" if self.not_covered else ""
        return f"已认定 {self.recognised_on}{since}"


@dataclass(frozen=True, slots=True)
class TownProgress(Measured):
    """`reported`: what the township itself reported. `unenrolled` counts people of no known village too."""

    id: int
    name: str
    population: int | None
    reported: int | None
    unenrolled: int | None
    villages: tuple[VillageProgress, ...]

    @property
    def off_report(self) -> int | None:
        """Enrolled less reported."""
        return None if self.reported is None else self.enrolled - self.reported

    @property
    def knows_goal(self) -> bool:
        """Whether any village has one."""
        return any(village.goal is not None for village in self.villages)

    @property
    def off_report_text(self) -> str:
        return signed(self.off_report)

    @property
    def covered_villages(self) -> int:
        return sum(village.covers_all or village.recognised_on is not None for village in self.villages)

    @property
    def unkept_villages(self) -> int:
        """Villages that nobody looks after."""
        return sum(not village.keepers for village in self.villages)

    @property
    def villages_population(self) -> int | None:
        """None until every village's figure is entered."""
        entered = [village.population for village in self.villages if village.population is not None]
        return sum(entered) if entered and len(entered) == len(self.villages) else None


@dataclass(frozen=True, slots=True)
class Progress(Measured):
    """All townships that the reader sees. `whole`: they are all of the place, so the notice's total holds for them."""

    towns: tuple[TownProgress, ...]
    population: int | None
    reported: int | None
    unenrolled: int | None
    whole: bool
    goal_word: str
    clause: str = ""
    notice_persons: int | None = None

    def town(self, pk: int | None) -> TownProgress | None:
        """The town, or the one that holds this village."""
        for town in self.towns:
            if pk == town.id or any(village.id == pk for village in town.villages):
                return town
        return None

    @property
    def off_notice_text(self) -> str:
        """Enrolled less the notice's total."""
        return signed(None if self.notice_persons is None else self.enrolled - self.notice_persons)

    @property
    def off_report_text(self) -> str:
        """Enrolled less reported; nothing until every township has reported."""
        return signed(None if self.reported is None else self.enrolled - self.reported)

    @property
    def notice_rate(self) -> str:
        return Measured(self.enrolled, self.notice_persons).rate

    @property
    def knows_population(self) -> bool:
        return any(town.population is not None for town in self.towns)

    @property
    def knows_goal(self) -> bool:
        return any(town.goal is not None for town in self.towns)

    @property
    def knows_report(self) -> bool:
        return any(town.reported is not None for town in self.towns)

    @property
    def not_begun(self) -> list[TownProgress]:
        return [town for town in self.towns if town.state == NOT_BEGUN]

    @property
    def covered_villages(self) -> int:
        return sum(town.covered_villages for town in self.towns)

    @property
    def unkept_villages(self) -> int:
        return sum(town.unkept_villages for town in self.towns)


def signed(difference: int | None) -> str:
    """多 3 人, 少 3 人, 相符; nothing where it is not known."""
    if difference is None:
        return ""
    return f"{'多' if difference > 0 else '少'} {abs(difference):,} 人" if difference else "相符"


def added(numbers: Iterable[int | None]) -> int | None:
    """The sum; None where one is not known."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
