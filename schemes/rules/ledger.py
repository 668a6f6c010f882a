"""The running sum with its explanation: what changes the sum writes the step, so they can't drift apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from calc.money import MINUS, format_yuan
from calc.trace import Step
from schemes.terms.figures import Figure, Interpretation

ZERO = Decimal(0)
GOES_ON = "继续"
STOPS = "不赔"


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the sum that has a ratio of its own."""

    label: str
    amount: Decimal
    ratio: Figure


def plain(number: Decimal) -> str:
    """A number without needless zeros: `4`, `28.5`."""
    return f"{number.normalize():,f}"


class Ledger:
    """Steps, balance and formula of one payout. Reading a figure records the reading taken for it."""

    __slots__ = ("_formula", "_interpretations", "balance", "capped", "reason", "start", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.balance = self.start = ZERO
        self.reason = ""
        self.capped = ""
        self._formula = ""
        self._interpretations: dict[str, None] = {}

    def note(self, interpretation: Interpretation | None) -> None:
        if interpretation is not None:
            self._interpretations[interpretation.printed] = None

    def read(self, figure: Figure) -> Decimal:
        self.note(figure.interpretation)
        return figure.value

    def interpretations(self) -> tuple[str, ...]:
        return tuple(self._interpretations)

    def start_from(self, label: str, amount: Decimal, clause: str) -> None:
        self.balance = self.start = amount
        printed = self._formula = format_yuan(amount)
        self.steps.append(Step("", label, printed, clause, "", printed))

    def start_from_figure(self, label: str, figure: Figure) -> None:
        self.start_from(label, self.read(figure), figure.clause)

    def restate(self, label: str, amount: Decimal, clause: str) -> None:
        """The sum becomes another, as the label tells: a ceiling or floor inside the formula has been hit."""
        self.balance = amount
        printed = self._formula = format_yuan(amount)
        self.steps.append(Step("限", label, printed, clause, "", printed))

    def less(self, label: str, amount: Decimal, clause: str, formula: str = "") -> None:
        printed = format_yuan(amount)
        self.balance -= amount
        balance = format_yuan(self.balance)
        if not amount:
            self.steps.append(Step("减", label, printed, clause, "", balance))
            return
        self._formula += f" {MINUS} {formula or printed}"
        self.steps.append(Step("减", label, MINUS + printed, clause, "", balance))

    def less_share_of(self, label: str, ratio: Figure, whole: Decimal) -> None:
        """A ratio of the whole expense is taken off the balance."""
        written = f"{ratio.text} × {format_yuan(whole)}"
        self.less(f"{label} {written}", self.read(ratio) * whole, ratio.clause, written)

    def times(self, label: str, ratio: Figure) -> None:
        self._multiply(label, self.read(ratio), ratio.text, ratio.clause)

    def times_number(self, label: str, number: Decimal, unit: str, clause: str) -> None:
        """The sum × how many."""
        self._multiply(label, number, f"{plain(number)}{f' {unit}' if unit else ''}", clause)

    def times_quotient(self, label: str, part: Decimal, whole: Decimal, clause: str) -> None:
        """The sum × part ÷ whole."""
        self.balance *= part
        self.balance /= whole
        text = f"{format_yuan(part)} ÷ {format_yuan(whole)}"
        self._note_factor(text)
        self.steps.append(Step("乘", label, text, clause, "", format_yuan(self.balance)))

    def divide(self, label: str, number: Decimal, unit: str, clause: str) -> None:
        """The sum ÷ how many share it."""
        self.balance /= number
        text = f"{plain(number)}{f' {unit}' if unit else ''}"
        if MINUS in self._formula or "+" in self._formula:
            self._formula = f"({self._formula})"
        self._formula += f" ÷ {text}"
        self.steps.append(Step("除", label, text, clause, "", format_yuan(self.balance)))

    def _multiply(self, label: str, factor: Decimal, text: str, clause: str) -> None:
        self.balance *= factor
        self._note_factor(text)
        self.steps.append(Step("乘", label, text, clause, "", format_yuan(self.balance)))

    def _note_factor(self, text: str) -> None:
        if MINUS in self._formula or "+" in self._formula:
            self._formula = f"({self._formula})"
        self._formula += f" × {text}"

    def slices(self, parts: Sequence[Slice]) -> None:
        """The sum becomes the sum of its slices, each × its own ratio."""
        self.balance = ZERO
        for part in parts:
            self.balance += part.amount * self.read(part.ratio)
            value = format_yuan(part.amount * part.ratio.value)
            label = f"{part.label} {format_yuan(part.amount)} × {part.ratio.text}"
            self.steps.append(Step("加", label, value, part.ratio.clause, "", format_yuan(self.balance)))
        self._formula = " + ".join(f"{format_yuan(part.amount)} × {part.ratio.text}" for part in parts)

    def test(self, label: str, clause: str, *, passed: bool, note: str = "") -> bool:
        """A condition: what was found, and whether it goes on. The first that fails is the reason."""
        if not passed and not self.reason:
            self.reason = label
        self.steps.append(Step("判", label, "", clause, note, GOES_ON if passed else STOPS))
        return passed

    def note_test(self, label: str, clause: str) -> None:
        """A test that decides between two ways, neither of which ends the calculation."""
        self.steps.append(Step("判", label, "", clause, "", GOES_ON))

    def cap(self, label: str, top: Decimal, used: Decimal, clause: str) -> None:
        """At most what is left of the limit after `used`; `label` with its height as printed."""
        left = max(top - used, ZERO)
        spent = f"，已用 {format_yuan(used)}" if used else ""
        if self.balance > left:
            self.balance = left
            self.capped = format_yuan(left)
            if not left:
                self.reason = f"{label} 已用完"
        printed = format_yuan(left)
        balance = format_yuan(self.balance)
        self.steps.append(Step("限", f"{label}{spent}", printed, clause, "", balance))

    def close(self, payable: Decimal, clause: str, note: str) -> None:
        printed = format_yuan(payable)
        self.steps.append(Step("得", "应赔金额", printed, clause, note, printed))

    def formula(self, uncapped: Decimal, payable: Decimal) -> str:
        """`30,000.00 − … ＝ 3,000.00`; empty where there is nothing to reckon."""
        if " " not in self._formula and not self.capped:
            return ""
        result = f"{self._formula} ＝ {format_yuan(uncapped)}"
        if self.capped:
            return f"{result}，以 {self.capped} 为限"
        return result if payable or not uncapped else f"{result}，不足 0 按 0.00"
