"""The running sum with its explanation: what changes the sum writes the step, so they can't drift apart."""

from decimal import Decimal

from calc.money import MINUS, format_yuan
from calc.trace import Step
from schemes.terms.figures import Figure, Interpretation

ZERO = Decimal(0)
GOES_ON = "继续"
STOPS = "不赔"


class Ledger:
    """Steps, balance and formula of one payout. Reading a figure records the reading taken for it."""

    __slots__ = ("_formula", "_interpretations", "balance", "capped", "reason", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.balance = ZERO
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
        self.balance = amount
        printed = self._formula = format_yuan(amount)
        self.steps.append(Step("", label, printed, clause, "", printed))

    def start_from_figure(self, label: str, figure: Figure) -> None:
        self.start_from(label, self.read(figure), figure.clause)

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
        self.balance *= self.read(ratio)
        if " " in self._formula:
            self._formula = f"({self._formula})"
        self._formula += f" × {ratio.text}"
        self.steps.append(Step("乘", label, ratio.text, ratio.clause, "", format_yuan(self.balance)))

    def test(self, label: str, clause: str, *, passed: bool, note: str = "") -> bool:
        """A condition: what was found, and whether it goes on. The first that fails is the reason."""
        if not passed and not self.reason:
            self.reason = label
        self.steps.append(Step("判", label, "", clause, note, GOES_ON if passed else STOPS))
        return passed

    def cap(self, label: str, figure: Figure, used: Decimal) -> None:
        """At most what is left of the limit after `used`."""
        left = max(self.read(figure) - used, ZERO)
        spent = f"，已用 {format_yuan(used)}" if used else ""
        if self.balance > left:
            self.balance = left
            self.capped = format_yuan(left)
            if not left:
                self.reason = f"{label} {figure.text} 已用完"
        printed = format_yuan(left)
        balance = format_yuan(self.balance)
        self.steps.append(Step("限", f"{label} {figure.text}{spent}", printed, figure.clause, "", balance))

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
