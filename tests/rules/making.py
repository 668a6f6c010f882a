"""Made facts, made pasts, and documents composed at random out of kinds, steps and limits."""

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise

import yaml
from hypothesis import assume
from hypothesis import strategies as st

from calc.money import from_fen
from schemes.rules.demands import chosen_benefit
from schemes.rules.facts import derive, read_facts
from schemes.rules.payout import quote
from schemes.terms.benefits import Daily, Expense, PerUnit, PoolShare
from schemes.terms.loader import load_document
from tests.rules.features import text_of

FEN = st.integers(0, 30_000_000)
DAYS = st.dates(date(2024, 12, 25), date(2026, 1, 5)).map(str)
SHARES = st.integers(1, 100).map(lambda number: f"{number}%")


def money(fen):
    return str(from_fen(fen))


def value_of(fact):
    """A value that the fact may have."""
    return {
        "money": FEN.map(money),
        "date": DAYS,
        "count": st.integers(0, 60),
        "number": st.integers(0, 3000).map(lambda tenths: f"{tenths / 10:.1f}"),
        "yes_no": st.booleans(),
        "choice": st.sampled_from(sorted(fact.options) or [""]),
        "text": st.just("（示例）"),
        "payers": st.dictionaries(st.sampled_from(sorted(fact.options) or [""]), st.integers(0, 500_000).map(money)),
        "disability": st.lists(st.integers(1, fact.grades).map(lambda grade: {"grade": grade}), min_size=1, max_size=4),
    }[fact.type]


@st.composite
def facts_of(draw, terms, coverage):
    """All that the coverage asks for; what makes no sense together is refused later."""
    facts = {entry.code: draw(value_of(terms.facts[entry.code])) for entry in coverage.asks}
    for code, fact in terms.facts.items():
        if fact.type == "yes_no" and code.startswith("same_"):
            facts |= {code: True} if code in facts else {}
    return facts


@st.composite
def pasts_of(draw, terms):
    """Earlier payments, each with all that may be told of it."""
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "coverage": st.sampled_from(sorted(terms.coverages)),
                    "amount": st.integers(0, 10_000_000).map(money),
                    "paid_on": DAYS,
                    "days": st.none() | st.integers(0, 40),
                    "deducted": st.none() | st.integers(0, 200_000).map(money),
                    "base": st.none() | st.integers(0, 5_000_000).map(money),
                    **{key: st.booleans() for key in ("same_person", "same_accident", "same_event", "same_county")},
                }
            ),
            max_size=4,
        )
    )


def states_of(terms):
    return st.fixed_dictionaries({code: value_of(fact) for code, fact in terms.state.items()})


def loss_of(terms, coverage, facts):
    """The fact that measures the loss, where the kind has one."""
    problems = []
    known = read_facts(terms.facts, facts, problems)
    derive([fact for fact in terms.facts.values() if fact.sources], known, problems)
    benefit = chosen_benefit(coverage, known)
    if isinstance(benefit, Expense):
        return benefit.of
    if isinstance(benefit, PoolShare):
        return benefit.weight
    if isinstance(benefit, PerUnit):
        return benefit.times[0].fact
    if isinstance(benefit, Daily):
        return terms.facts[benefit.days].on or benefit.days
    return ""


def grown(terms, code, value, more):
    """A greater value of the same fact."""
    kind = terms.facts[code].type
    if kind == "date":
        return str(date.fromordinal(date.fromisoformat(value).toordinal() + more % 40))
    if kind == "count":
        return value + more % 50
    return str(Decimal(value) + (from_fen(more) if kind == "money" else more % 500))


def paid_entry(code, found):
    """How a later claim for the same accident sees this one."""
    uses = found.uses
    return {
        "coverage": code,
        "amount": str(found.payable),
        "same_accident": True,
        "same_event": True,
        "same_county": True,
        "days": uses.days,
        "deducted": None if uses.deducted is None else f"{uses.deducted:.2f}",
        "base": None if uses.base is None else f"{uses.base:.2f}",
    }


def paid_one_after_another(terms, coverage, claims):
    """The payments of several claims for one accident, each knowing those before."""
    before, paid = [], []
    for facts in claims:
        found = quote(terms, coverage, facts, paid_before=before, edition_paid_before=before)
        before.append(paid_entry(coverage, found))
        paid.append(found.payable)
    return paid


# documents

CLAUSE = {"clause": "三"}
FACTS = {
    "loss": {"label": "损失", "type": "money", "group": "损失", "unit": "元"},
    "recovered": {"label": "已追回", "type": "money", "group": "损失", "unit": "元"},
    "paid_by": {
        "label": "已付方",
        "type": "payers",
        "group": "损失",
        "options": {"basic": "基本医保", "other": "其他"},
    },
    "days": {"label": "天数", "type": "count", "group": "损失", "unit": "天"},
    "area": {"label": "面积", "type": "number", "group": "损失", "unit": "平方米"},
    "units": {"label": "份数", "type": "count", "group": "损失", "unit": "份"},
    "insured_sum": {"label": "保险金额", "type": "money", "group": "损失", "unit": "元"},
    "worth": {"label": "价值", "type": "money", "group": "损失", "unit": "元"},
    "kind": {"label": "情形", "type": "choice", "group": "损失", "options": {"one": "甲", "two": "乙", "three": "丙"}},
    "all_losses": {"label": "全部损失", "type": "money", "group": "损失", "unit": "元"},
    "disability_items": {"label": "伤残", "type": "disability", "group": "损失", "grades": "3"},
    "same_accident": {"label": "同一次事故", "type": "yes_no", "group": "损失"},
}


def figure(value):
    return {"value": value, **CLAUSE}


def yuans(top=5_000_000):
    return st.integers(1, top).map(lambda fen: figure(money(fen)))


def by_kind(values):
    """A figure, or a table by the kind."""
    table = st.fixed_dictionaries({"one": values, "two": values, "three": values})
    return values.map(figure) | table.map(lambda found: {"by": "kind", "clause": "三", "values": found})


@st.composite
def ladders(draw, accumulates=None):
    edges = sorted(draw(st.sets(st.integers(1, 200), min_size=1, max_size=3)))
    bounds = [{"at_most": f"{edges[0]}000.00"}]
    bounds += [{"above": f"{low}000.00", "at_most": f"{high}000.00"} for low, high in pairwise(edges)]
    bounds += [{"above": f"{edges[-1]}000.00"}]
    ladder = {**CLAUSE, "tiers": [{**bound, "ratio": draw(SHARES)} for bound in bounds]}
    return {"ladder": ladder | ({"accumulates": accumulates} if accumulates else {})}


def _own_share():
    return st.integers(1, 40).map(lambda number: {"less_own_share": figure(f"{number}%")})


def _step_strategies():
    return [
        st.just({"less": "recovered", **CLAUSE}),
        yuans(200_000).map(lambda amount: {"threshold": amount}),
        yuans(200_000).map(lambda amount: {"franchise": amount}),
        yuans(200_000).map(lambda amount: {"deductible": amount}),
        st.tuples(yuans(200_000), st.sampled_from(["accident", "period"])).map(
            lambda found: {"deductible": found[0], "once_per": found[1]}
        ),
        by_kind(st.integers(1, 300).map(lambda number: f"{number}%")).map(lambda ratio: {"times": ratio}),
        st.just({"times_fact": "units", **CLAUSE}),
        ladders(),
        ladders("period"),
        st.just({"average": {"insured": "insured_sum", "worth": "worth", **CLAUSE}}),
        yuans().map(lambda amount: {"at_most": amount}),
        yuans(100_000).map(lambda amount: {"at_least": amount}),
        st.just({"no_threshold": CLAUSE}),
    ]


@st.composite
def any_steps(draw):
    """Own shares and what payers paid first; then any steps in any order."""
    head = draw(st.lists(_own_share(), max_size=2))
    if draw(st.booleans()):
        head += [{"less_paid_by": "basic", **CLAUSE}, {"less_paid_by": "other", **CLAUSE}]
    return head + draw(st.lists(st.one_of(_step_strategies()), max_size=4))


@st.composite
def splitting_steps(draw):
    """Steps of which the notice says that several bills of one accident are taken together."""
    steps = draw(st.lists(_own_share(), max_size=1))
    if draw(st.booleans()):
        once = draw(st.sampled_from(["accident", "period"]))
        steps.append({"deductible": figure(draw(st.integers(1, 30).map(lambda n: f"{n}0000.00"))), "once_per": once})
    if draw(st.booleans()):
        steps.append({"times": figure(draw(SHARES))})
    if draw(st.booleans()):
        steps.append(draw(ladders(draw(st.sampled_from(["accident", "period"])))))
    return steps or [{"no_threshold": CLAUSE}]


@st.composite
def benefits(draw, steps):
    """What stands under `pays`."""
    amount = draw(by_kind(st.integers(1, 5_000_000).map(money)))
    kinds = {
        "lump_sum": {"amount": amount},
        "scale": {
            "items": "disability_items",
            "same_event": "same_accident",
            "sum_insured": amount,
            "several": draw(st.sampled_from(["worst_raised_once", "worst", "added_up"])),
            "ratios": {**CLAUSE, "grades": {"1": "100%", "2": "60%", "3": "25%"}},
        },
        "expense": {"of": "loss", **CLAUSE},
        "loss": {"of": "loss", **CLAUSE},
        "daily": {
            "days": "days",
            "amount": amount,
            "at_most_days": {"stay": figure("30"), "accident": figure("45"), "period": figure("60")},
        },
        "per_unit": {"amount": amount, "times": ["area", {"fact": "units", "at_most": figure("20")}]},
        "pool_share": {"pool": figure("500000.00"), "weight": "loss", "of_total": "all_losses", **CLAUSE},
    }
    kind = draw(st.sampled_from(sorted(kinds)))
    taken = draw(steps)
    more = {"label": "给付", "steps": taken} if taken or kind == "expense" else {"label": "给付"}
    if kind == "expense" and not taken:
        more["steps"] = [{"no_threshold": CLAUSE}]
    if any("less_paid_by" in step for step in taken):
        more["paid_by"] = "paid_by"
    return {kind: kinds[kind] | more}


@st.composite
def limits(draw, at_least=0):
    """One to three limits; the first holds for the event, as a pool needs."""
    per = [
        "event",
        *draw(
            st.lists(
                st.sampled_from(["person", "household", "accident", "claim", "edition", "county"]),
                unique=True,
                max_size=2,
            )
        ),
    ]
    found = {name: {"label": f"限额 {name}", "per": name, **CLAUSE, "amount": draw(yuans(50_000_000))} for name in per}
    for limit in found.values():
        if at_least:
            limit["amount"] = figure(f"{draw(st.integers(1, 60))}0000.00")
    return found


def _used(tree, names):
    if isinstance(tree, dict):
        return set().union(*(_used(value, names) for value in tree.values()), set())
    if isinstance(tree, list):
        return set().union(*(_used(value, names) for value in tree), set())
    return {tree} & names


def _skeleton():
    return yaml.safe_load(text_of("dated-amounts"))


def composed(benefit, limit):
    """What is read of a document with this benefit and these limits."""
    document = _skeleton()
    used = _used(benefit, set(FACTS))
    coverage = document["coverages"]["death"]
    coverage |= {"asks": ["happened_on", *sorted(used)], "pays": benefit, "limits": sorted(limit)}
    document |= {
        "limits": limit,
        "coverages": {"any": coverage},
        "examples": [{"name": "无", "coverage": "any", "facts": {}, "refused": "x"}],
    }
    document["facts"] |= {code: fact for code, fact in FACTS.items() if code in used}
    return load_document(json.dumps(document, ensure_ascii=False), "made.yaml")  # JSON is YAML


@st.composite
def documents(draw, steps=None):
    """Terms with one coverage, `any`."""
    loaded = composed(draw(benefits(any_steps() if steps is None else steps)), draw(limits()))
    sentences = [problem.sentence for problem in loaded.problems]
    assert all("永远不赔" in sentence for sentence in sentences), sentences
    assume(loaded.terms is not None)
    return loaded.terms
