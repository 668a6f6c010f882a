"""One calculator for each benefit kind. Each writes into the ledger; False ends it with nothing."""

from collections.abc import Mapping
from decimal import Decimal

from calc.money import format_yuan
from schemes.rules.facts import Known
from schemes.rules.ledger import ZERO, Ledger
from schemes.terms.benefits import (
    Deductible,
    Expense,
    LessPayer,
    Loss,
    LumpSum,
    NoThreshold,
    OwnShare,
    Scale,
    SingleBenefit,
    Threshold,
)
from schemes.terms.model import Fact

OWN_SHARE = "个人自己承担"


def compute(benefit: SingleBenefit, facts: Mapping[str, Fact], known: Known, ledger: Ledger) -> bool:
    if isinstance(benefit, Expense):
        return _expense(benefit, facts, known, ledger)
    if isinstance(benefit, LumpSum):
        ledger.start_from_figure(benefit.label, benefit.amount)
    elif isinstance(benefit, Loss):
        ledger.start_from(benefit.label, _amount(known, benefit.of), benefit.clause)
    else:
        _scale(benefit, known, ledger)
    return True


def _amount(known: Known, code: str) -> Decimal:
    amount = known[code]
    if not isinstance(amount, Decimal):
        raise TypeError(f"{code} is no amount")
    return amount


def _expense(benefit: Expense, facts: Mapping[str, Fact], known: Known, ledger: Ledger) -> bool:
    expense = _amount(known, benefit.of)
    payers = facts[benefit.paid_by].options
    paid = known.get(benefit.paid_by)
    by_payer: Mapping[str, Decimal] = paid if isinstance(paid, dict) else {}
    ledger.start_from(benefit.label, expense, benefit.clause)
    for step in benefit.steps:
        if isinstance(step, LessPayer):
            ledger.less(payers[step.payer], by_payer.get(step.payer, ZERO), step.clause)
        elif isinstance(step, Threshold):
            if not _reaches(step, ledger):
                return False
        elif isinstance(step, OwnShare):
            ledger.less_share_of(OWN_SHARE, step.ratio, expense)
        elif isinstance(step, Deductible):
            ledger.less(f"免赔额 {step.amount.text}", ledger.read(step.amount), step.amount.clause)
        elif isinstance(step, NoThreshold):
            ledger.test("不设起付线", step.clause, passed=True)
        else:
            ledger.times("给付比例", step.ratio)
    return True


def _reaches(step: Threshold, ledger: Ledger) -> bool:
    passed = ledger.balance >= ledger.read(step.amount)
    sign, outcome = ("≥", "达到") if passed else ("<", "未达到")
    label = f"自己承担 {format_yuan(ledger.balance)} {sign} 起付线 {step.amount.text}，{outcome}"
    return ledger.test(label, step.amount.clause, passed=passed, note="只看是否达到，不扣")


def _scale(benefit: Scale, known: Known, ledger: Ledger) -> None:
    grades = known[benefit.items]
    if not isinstance(grades, tuple):
        raise TypeError(f"{benefit.items} are no grades")
    grade = combined_grade(grades)
    ratio = benefit.grades[grade]
    ledger.start_from_figure(f"{benefit.label}保额", benefit.sum_insured)
    if len(grades) > 1:
        ledger.test(_how_combined(grades, grade), ratio.clause, passed=True)
    ledger.times(f"伤残 {grade} 级给付比例", ratio)


def combined_grade(grades: tuple[int, ...]) -> int:
    """JR/T 0083—2013: the most severe counts; where it occurs twice or more, one grade up, at most to 1."""
    worst = min(grades)
    return max(worst - 1, 1) if grades.count(worst) > 1 else worst


def _how_combined(grades: tuple[int, ...], grade: int) -> str:
    listed = "、".join(f"{one} 级" for one in grades)
    if grade == min(grades):
        return f"同一次事故伤残 {listed}，以最重的 {grade} 级为准"
    return f"同一次事故伤残 {listed}，最重等级有两处以上，晋为 {grade} 级"
