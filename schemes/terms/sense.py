"""What reads well and makes no sense: benefits that are never paid, tiers that are never reached, orphans."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from schemes.terms.bands import Stretch, stretch
from schemes.terms.benefits import Expense, PoolShare, SingleBenefit, singles_of
from schemes.terms.conditions import AgeCondition, RangeCondition
from schemes.terms.figures import Amount, Bounds, Table, figures_in, tables_in
from schemes.terms.model import Coverage, EditionTerms, Fact
from schemes.terms.nodes import Cursor, Section
from schemes.terms.steps import AtLeast, Deductible, Times, TimesFact, amount_of

Facts = Mapping[str, Fact]


def note_nonsense(section: Section, terms: EditionTerms) -> None:
    """Looked for only in a document that reads without a mistake."""
    places = dict(section.entries("coverages"))
    for code, coverage in terms.coverages.items():
        place = places[code]
        _note_never_paid(place, coverage)
        _note_unreached(place, coverage, terms.facts)
        _note_references(place, coverage, terms)
        _note_pool(place, coverage, terms)
        _note_payers_asked(place, coverage, terms.facts)
    _note_shares(section, terms)


def _note_never_paid(place: Cursor, coverage: Coverage) -> None:
    """A deductible as high as the sum itself leaves nothing."""
    for single in singles_of(coverage.benefit):
        tops = [figure.value for amount in single.amounts for _, figure in figures_in(amount)]
        taken = [
            figure.value
            for step in takewhile(lambda step: not isinstance(step, Times | TimesFact | AtLeast), single.steps)
            if isinstance(step, Deductible)
            for _, figure in figures_in(step.amount)
        ]
        if tops and taken and single.needs == () and max(tops) <= min(taken):
            place.problem(
                f"免赔额 {min(taken)} 不小于给付金额 {max(tops)}，永远不赔", "免赔额小于给付金额", "请核对通知"
            )


def _note_unreached(place: Cursor, coverage: Coverage, facts: Facts) -> None:
    """A band that the coverage's own conditions shut out."""
    for condition in coverage.conditions:
        if isinstance(condition, RangeCondition):
            codes, outer = {condition.fact}, stretch(condition.bounds)
        elif isinstance(condition, AgeCondition):
            codes = {code for code, fact in facts.items() if fact.sources == (condition.born, condition.on)}
            outer = stretch(_age_bounds(condition))
        else:
            continue
        if condition.applies.when or condition.applies.unless:
            continue
        for table in _tables(coverage):
            if table.by in codes:
                _note_outside(place, table, outer)


def _age_bounds(condition: AgeCondition) -> Bounds:
    edges = {
        name: figure.value
        for name in ("at_least", "above", "at_most", "below")
        if (figure := getattr(condition, name)) is not None
    }
    return Bounds(**edges)


def _note_outside(place: Cursor, table: Table, outer: Stretch) -> None:
    for band in table.bands:
        inner = stretch(band.bounds)
        if _apart(inner, outer) or _apart(outer, inner):
            place.problem(
                f"「{table.label}{band.text}」一档永远用不到：承保条件已把它排除", "落在承保条件之内", "请删去或核对"
            )


def _apart(lower: Stretch, upper: Stretch) -> bool:
    """Whether the first ends before the second begins."""
    if lower.end is None or upper.start is None:
        return False
    if lower.end == upper.start:
        return not (lower.end_in and upper.start_in)
    return lower.end < upper.start  # type: ignore[operator]


def _tables(coverage: Coverage) -> Iterator[Table]:
    for single in singles_of(coverage.benefit):
        for amount in _amounts(single):
            yield from tables_in(amount)


def _amounts(single: SingleBenefit) -> Iterator[Amount]:
    yield from single.amounts
    yield from filter(None, (amount_of(step) for step in single.steps))


def _note_payers_asked(place: Cursor, coverage: Coverage, facts: Facts) -> None:
    """What others paid is asked for, and no step takes it off: it would be paid twice without a word."""
    used = {single.paid_by for single in singles_of(coverage.benefit) if isinstance(single, Expense)}
    if not used:
        return  # nothing here is reimbursed
    for entry in coverage.asks:
        if facts[entry.code].type == "payers" and entry.code not in used:
            found = f"asks 里的「{facts[entry.code].label}」（{entry.code}）没有一步扣除"
            place.problem(found, "写 paid_by 并逐方 less_paid_by", "请补上，或从 asks 删去")


def _note_pool(place: Cursor, coverage: Coverage, terms: EditionTerms) -> None:
    if not any(isinstance(single, PoolShare) for single in singles_of(coverage.benefit)):
        return
    if not any(
        limit.per in ("event", "edition") for code, limit in terms.limits.items() if code in coverage.all_limits
    ):
        place.problem("按份额分配却没有总额限额", "有一个 per: event 或 per: edition 的限额", "请在 limits 里写明总额")


def _note_references(place: Cursor, coverage: Coverage, terms: EditionTerms) -> None:
    """Codes of other coverages, which are all read by now."""
    named: list[str] = []
    if coverage.follow_on:
        named += coverage.follow_on.after
    if coverage.settles:
        named += coverage.settles.coverages
    for single in singles_of(coverage.benefit):
        named += [code for step in single.steps if isinstance(step, Deductible) for code in step.shared_with]
    for code in named:
        if code not in terms.coverages:
            expected = f"是 {'、'.join(terms.coverages)} 之一"
            place.problem(f"「{code}」不是本方案的保障责任", expected, "请改正")
    for code in coverage.all_limits:
        if code not in terms.limits:
            place.problem(
                f"「{code}」不是已声明的限额", f"是 {'、'.join(terms.limits)} 之一", "请改正，或先在文件里写明它"
            )


def _note_shares(section: Section, terms: EditionTerms) -> None:
    if terms.shares and not terms.payers:
        section["shares"].problem("写了 shares，没有写 payers", "先在 payers 写明出资方", "请补上")
    if terms.payers and not terms.shares:
        section["payers"].problem("写了 payers，没有写 shares", "在 shares 写明各方比例", "请补上，或删去 payers")
    _note_categories(section, terms)


def _note_categories(section: Section, terms: EditionTerms) -> None:
    """Shares by category name every category, or none."""
    by_category: Sequence[str] = [share.category for share in terms.shares if share.category]
    missing = [label for code, label in terms.premium.categories.items() if code not in by_category]
    general = any(not share.category for share in terms.shares)
    if by_category and missing and not general:
        section["shares"].problem(f"「{'、'.join(missing)}」没有出资比例", "每个人员类别一档", "请补上")
    used = any(isinstance(part.rate, Table) for part in terms.premium.parts)
    if terms.premium.categories and not used and not by_category:
        section["premium"].problem("声明了人员类别，保费和出资比例都没有用到", "被用到", "请删去，或写 by: category")
