"""An amount of the document: a figure, or a table of figures by the answer to a fact."""

from collections.abc import Mapping

from schemes.terms.bands import EDGES, UNIT_OF, note_gaps, read_bounds
from schemes.terms.figures import BALANCE, Amount, Band, Bounds, Figure, Interpretation, Table
from schemes.terms.model import Fact
from schemes.terms.nodes import Cursor, Section

Facts = Mapping[str, Fact]
_BALANCE = Fact(BALANCE, "算到这一步的金额", "balance")
_STAND_IN = Fact("", "", "choice")


class Context:
    """What a table takes over from the table around it, unless it says otherwise."""

    def __init__(self, facts: Facts, unit: str, *, of_step: bool = False) -> None:
        self.facts, self.unit = facts, unit
        self.allowed = {**facts, BALANCE: _BALANCE} if of_step else dict(facts)
        self.clause, self.trial = "", False
        self.reading: Interpretation | None = None

    def inside(self, section: Section) -> "Context":
        """For the entries of this table."""
        inner = Context(self.facts, self.unit)
        inner.allowed = self.allowed
        inner.clause = section.clause() or self.clause
        inner.trial = section.flag("trial", default=self.trial)
        inner.reading = section.interpretation(trial=inner.trial) or self.reading
        return inner


def read_amount(section: Section, name: str, unit: str, facts: Facts, *, of_step: bool = False) -> Amount:
    """The amount under `name`; the stand-in where it is missing, which has been noted."""
    if name not in section:
        return section.figure(name, unit)
    return amount_at(section[name], unit, facts, of_step=of_step)


def amount_at(cursor: Cursor, unit: str, facts: Facts, *, of_step: bool = False) -> Amount:
    """The amount written here. `of_step`: its tables may go by what the formula has reached (`balance`)."""
    if _is_table(cursor):
        return _table(cursor, Context(facts, unit, of_step=of_step))
    return cursor.figure(unit)


def _is_table(cursor: Cursor) -> bool:
    return cursor.is_mapping() and any(name == "by" for name, _ in cursor.entries())


def _table(cursor: Cursor, outer: Context) -> Table:
    required = ("by",) if outer.clause else ("by", "clause")
    section = cursor.section(required, ("clause", "values", "bands", "otherwise", "interpretation", "trial"))
    context = outer.inside(section)
    code = section.one_of("by", context.allowed, "已声明的事实")
    fact = context.allowed.get(code, _STAND_IN)
    if ("values" in section) == ("bands" in section):
        cursor.problem("表没有写清", "在 values（按选项）与 bands（按大小分档）中写一个", "请改正")
    return Table(
        by=code,
        label=fact.label,
        options=fact.options or _yes_no(fact),
        values=_values(section, fact, context),
        bands=_bands(section, fact, context),
        otherwise=section.text("otherwise"),
        clause=context.clause,
    )


def _yes_no(fact: Fact) -> Mapping[str, str]:
    return {"yes": "是", "no": "否"} if fact.type == "yes_no" else {}


def _values(section: Section, fact: Fact, context: Context) -> dict[str, Amount]:
    if "values" not in section:
        return {}
    options = fact.options or _yes_no(fact)
    if fact.code and fact.type not in ("choice", "yes_no"):
        section["by"].problem(
            f"「{fact.code}」的类型是 {fact.type}", "用 bands 分档（values 只用于 choice、yes_no）", "请改正"
        )
    found = {}
    for code, place in section.entries("values"):
        if options and code not in options:
            place.problem(f"「{code}」不是「{fact.label}」的选项", f"是 {'、'.join(options)} 之一", "请改正")
        found[code] = _entry(place, context)
    missing = [label for code, label in options.items() if code not in found]
    if missing and "otherwise" not in section:
        section["values"].problem(f"「{'、'.join(missing)}」没有写", "每个选项一个数，或写 otherwise", "请按通知补上")
    return found


def _bands(section: Section, fact: Fact, context: Context) -> tuple[Band, ...]:
    if "bands" not in section:
        return ()
    unit = UNIT_OF.get(fact.type, "")
    if not unit:
        if fact.code:
            expected = f"是 {'、'.join(UNIT_OF)} 类型的事实"
            section["by"].problem(
                f"「{fact.code}」的类型是 {fact.type}，不能分档", expected, "请改用 values 或别的事实"
            )
        return ()
    bands, places = [], []
    for place in section.items("bands"):
        bounds, text, amount = _band(place, unit, context)
        bands.append(Band(bounds, text, amount))
        places.append((place, bounds))
    note_gaps(places, unit, open_ended="otherwise" in section)
    return tuple(bands)


def _band(cursor: Cursor, unit: str, context: Context) -> tuple[Bounds, str, Amount]:
    inner = ("value", "clause", "interpretation", "trial", "by", "values", "bands", "otherwise")
    section = cursor.section((), (*EDGES, *inner))
    if not any(edge in section for edge in EDGES):
        ways = "写 at_least（满，含）、above（大于）、at_most（不超过，含）、below（不满）"
        cursor.problem("这一档没有写界限", ways, "请按通知补上")
    bounds, text = read_bounds(section, unit)
    rest = cursor.without(EDGES)
    return bounds, text, _entry(rest, context)


def _entry(cursor: Cursor, context: Context) -> Amount:
    """Just a number, a figure with what is its own, or a further table."""
    if _is_table(cursor):
        return _table(cursor, context)
    if not cursor.is_mapping():
        value, text = cursor.number(context.unit)
        if context.trial:
            cursor.note_trial(text, context.clause)
        return Figure(value, text, context.clause, context.reading, context.trial)
    section = cursor.section(("value",), ("clause", "interpretation", "trial"))
    value, text = section["value"].number(context.unit) if "value" in section else cursor.nothing()
    clause = section.clause() or context.clause
    trial = section.flag("trial", default=context.trial)
    if trial:
        cursor.note_trial(text, clause)
    return Figure(value, text, clause, section.interpretation(trial=trial) or context.reading, trial)
