"""Reading YAML nodes with their lines. A mistake is noted and a stand-in returned, so that reading goes on
and all mistakes are found at once; terms that were read with a mistake are thrown away.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from calc.dates import DateError, parse_date
from schemes.terms.composing import NotComposed, nodes_of
from schemes.terms.figures import Figure, Interpretation, TrialFigure
from schemes.terms.numbers import NumberError, read_number
from schemes.terms.problems import Problem

_NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_BOOL_TAG = "tag:yaml.org,2002:bool"
_NULL_TAG = "tag:yaml.org,2002:null"
_RUN_ON = re.compile(r"([A-Za-z_]\w*)(：|:(?=\S)).*", re.ASCII | re.DOTALL)
_WIDE_QUOTES = re.compile(r"[“”]([\w.,%-]+)[“”]", re.ASCII)
_TRUE = ("true", "yes", "on")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number or a day of the document stands, so that a form can put another in its stead.

    `start` and `end` are offsets into the text, quotes included; `unit` is money, ratio, count, age or day.
    """

    key: str
    unit: str
    written: str
    line: int
    start: int
    end: int


@dataclass
class Reading:
    """What is gathered while one document is read."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    interpretations: list[Interpretation] = field(default_factory=list)
    trials: list[TrialFigure] = field(default_factory=list)
    clauses: Mapping[str, str] = field(default_factory=dict)


def _bare(clause: str) -> str:
    """A clause's number without brackets, blanks and the words around it: 第五条（六） and 五 (六) are 五六."""
    return re.sub(r"[\W第条款项]", "", clause)


def compose(text: str, reading: Reading) -> "Cursor | None":
    """The document's root, or None with the problem noted where it is no YAML at all."""
    try:
        node = nodes_of(text)
    except NotComposed as refused:
        fault = refused.fault
        reading.problems.append(Problem(reading.file, fault.line, "", fault.found, fault.expected, fault.mend))
        return None
    if node is None:
        reading.problems.append(Problem(reading.file, 1, "", "文件是空的", "是一份年度方案", "请照样例填写"))
        return None
    return Cursor(reading, node, "")


@dataclass(frozen=True, slots=True)
class Cursor:
    """One place in the document. `key` is its path, `coverages.illness_death.pays` for one."""

    reading: Reading
    node: Node
    key: str

    def problem(self, found: str, expected: str, mend: str) -> None:
        line = self.node.start_mark.line + 1
        self.reading.problems.append(Problem(self.reading.file, line, self.key, found, expected, mend))

    def at(self, name: str, node: Node) -> "Cursor":
        return Cursor(self.reading, node, f"{self.key}.{name}" if self.key else name)

    @property
    def written(self) -> str:
        """What stands here, for a sentence."""
        if self.is_mapping() or self.is_list():
            return "（一组值）"
        return f"「{self.node.value}」"

    def is_mapping(self) -> bool:
        return isinstance(self.node, MappingNode)

    def is_list(self) -> bool:
        return isinstance(self.node, SequenceNode)

    def without(self, names: Collection[str]) -> "Cursor":
        """The same mapping without these keys."""
        if not isinstance(self.node, MappingNode):
            return self
        rest = [(key, value) for key, value in self.node.value if key.value not in names]
        node = MappingNode(self.node.tag, rest, self.node.start_mark, self.node.end_mark)
        return Cursor(self.reading, node, self.key)

    def section(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> "Section":
        """The mapping here; keys that are missing, unknown or doubled are noted."""
        found = dict(self.entries(empty_is_fine=not required))
        run_on = [key for name, place in found.items() if (key := place.note_run_on(name))]
        for name, place in found.items():
            if name not in required and name not in optional and not _RUN_ON.match(name):
                place.problem("有这里不认识的键", f"是 {'、'.join(required + optional)} 之一", "请改名或删去")
        if self.is_mapping():
            for name in required:
                if name not in found and name not in run_on:
                    missing = "缺少依据 clause" if name == "clause" else f"缺少 {name}"
                    self.problem(missing, f"写明 {name}", "请按通知补上")
        return Section(self, found)

    def note_run_on(self, name: str) -> str:
        """`value："3"` and `value:"3"` inside braces are a key without a value; the key that was meant, or empty."""
        if not (found := _RUN_ON.match(name)):
            return ""
        key, colon = found[1], found[2]
        what = "是全角冒号" if colon == "：" else "少一个空格"
        self.problem(f"「{key}」后面{what}", "是半角冒号加一个空格", f"请写成 {key}: …")
        return key

    def entries(self, *, empty_is_fine: bool = False) -> Iterator[tuple[str, "Cursor"]]:
        """Key and place of each entry of a mapping, in order."""
        if not isinstance(self.node, MappingNode):
            self._note_no_mapping()
            return
        if not self.node.value and not empty_is_fine:
            self.problem("是空的", "至少有一项", "请按通知补上")
        seen = set()
        for key_node, value_node in self.node.value:
            name = str(key_node.value) if isinstance(key_node, ScalarNode) else "（一组值）"
            place = self.at(name, value_node)
            if name in seen:
                place.problem("写了两遍", "只写一次", "请删去一处")
                continue
            seen.add(name)
            yield name, place

    def _note_no_mapping(self, form: str = "「键: 值」的形式") -> None:
        if isinstance(self.node, ScalarNode) and self.node.tag == _NULL_TAG:
            self.problem("没有写", f"是{form}", "请按通知补上；写在下面几行的，要比它多缩进两格")
        elif self.note_run_on(str(self.node.value) if isinstance(self.node, ScalarNode) else ""):
            return
        else:
            self.problem(f"写的不是键值对，是{self.written}", f"是{form}", "请照样例改写")

    def _no_section(self, form: str) -> "Section":
        self._note_no_mapping(form)
        return Section(self, {})

    def items(self) -> list["Cursor"]:
        """The places of a list that has at least one item."""
        if not isinstance(self.node, SequenceNode):
            self.problem("写的不是列表", "是以「- 」开头的列表", "请照样例改写")
            return []
        if not self.node.value:
            self.problem("是空的", "至少有一项", "请按通知补上")
        return [Cursor(self.reading, node, f"{self.key}[{at}]") for at, node in enumerate(self.node.value, start=1)]

    def text(self) -> str:
        """A text that isn't empty; a number has to be quoted."""
        if not isinstance(self.node, ScalarNode) or self.node.tag == _NULL_TAG or not self.node.value.strip():
            self.problem("没有写", "是一段文字", "请填写")
            return ""
        if self.node.tag in _NUMBER_TAGS:
            found = f"写的是没有引号的数 {self.node.value}"
            self.problem(found, "是带引号的数", f'请改为 "{self.node.value}"')
        elif self.node.tag == _BOOL_TAG:
            self.problem(f"写的是 {self.node.value}", "是文字", f'请改为 "{self.node.value}"')
        return self._unquoted()

    def _unquoted(self) -> str:
        """What is written, without the quotation marks of a Chinese keyboard where a number or code stands in them."""
        written = str(self.node.value).strip()
        if not (found := _WIDE_QUOTES.fullmatch(written)):
            return written
        self.problem(f"{written} 用的是全角引号", "用半角引号", f'请改为 "{found[1]}"')
        return found[1]

    def flag(self) -> bool:
        if self.node.tag != _BOOL_TAG:
            self.problem(f"写的是{self.written}", "是 true 或 false", "请改为其中之一，不带引号")
            return False
        return str(self.node.value).lower() in _TRUE

    def day(self) -> date:
        self.note_place("day")
        try:
            return parse_date(self._unquoted())
        except DateError:
            self.problem(f"日期{self.written}看不懂或不存在", "是 2021-09-01 这样的日期", "请核对")
            return date.min

    def one_of(self, known: Mapping[str, object] | tuple[str, ...], what: str) -> str:
        """A code out of those that are known; `what` names them in the sentence."""
        code = self.text()
        if code and code not in known:
            few = "" if len(known) == 1 else " 之一"
            expected = f"是 {'、'.join(known)}{few}" if known else "先写明有哪些（现在一个也没有）"
            mend = "请改正" if isinstance(known, tuple) else "请改正，或先在文件里写明它"
            self.problem(f"「{code}」不是{what}", expected, mend)
        return code

    def clause(self) -> str:
        code = self.text()
        if code and code not in self.reading.clauses:
            like = [known for known in self.reading.clauses if _bare(known) == _bare(code)]
            mend = f"是不是 {like[0]}？请改正，或抄录原文" if len(like) == 1 else "请抄录原文或改正编号"
            self.problem(f"依据「{code}」在 clauses 里没有", "是已抄录的条款", mend)
        return code

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def labels(self) -> dict[str, str]:
        return {name: place.text() for name, place in self.entries()}

    def number(self, unit: str) -> tuple[Decimal, str]:
        """Value and printed text of a quoted number; `unit` is money, ratio, count or age."""
        written = self.text()
        self.note_place(unit)
        try:
            return read_number(written, unit)
        except NumberError as error:
            if written:
                self.problem(f"「{written}」看不懂", str(error), "请核对通知后改正")
            return self.nothing()

    def nothing(self) -> tuple[Decimal, str]:
        """The stand-in for a number that is missing, which has been noted."""
        return Decimal(1), ""

    def note_place(self, unit: str) -> None:
        if isinstance(self.node, ScalarNode):
            start, end = self.node.start_mark, self.node.end_mark
            place = Place(self.key, unit, str(self.node.value), start.line + 1, start.index, end.index)
            self.reading.places.append(place)

    def reading_of(self, clause: str, *, trial: bool = False) -> Interpretation:
        """The reading written here (title and text), also added to the edition's list of them."""
        section = self.section(("title", "text")) if self.is_mapping() else self._no_section(" {title: …, text: …}")
        where = self.key.removesuffix(".interpretation")
        reading = Interpretation(section.text("title"), section.text("text"), where, clause, trial)
        self.reading.interpretations.append(reading)
        return reading

    def figure(self, unit: str) -> Figure:
        """A number with its clause, and its reading where there is one."""
        if not self.is_mapping():
            written = self.node.value if isinstance(self.node, ScalarNode) and self.node.value else "…"
            self._note_no_mapping(f' {{value: "{written}", clause: …}}')
            return Figure(*self.nothing(), "")
        section = self.section(("value", "clause"), ("interpretation", "trial"))
        value, text = section["value"].number(unit) if "value" in section else (Decimal(1), "")
        clause = section.clause()
        trial = section.flag("trial")
        if trial:
            self.note_trial(text, clause)
        return Figure(value, text, clause, section.interpretation(trial=trial), trial)

    def note_trial(self, text: str, clause: str) -> None:
        """A made-up figure is on record with its place: it keeps the edition from being published for good."""
        self.reading.trials.append(TrialFigure(self.key, text, clause, self.node.start_mark.line + 1))


class Section:
    """A mapping whose keys have been checked. Reading a key that isn't there gives the stand-in."""

    def __init__(self, cursor: Cursor, found: dict[str, Cursor]) -> None:
        self.cursor = cursor
        self.found = found

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def __getitem__(self, name: str) -> Cursor:
        return self.found[name]

    def get(self, name: str) -> Cursor | None:
        return self.found.get(name)

    def text(self, name: str) -> str:
        return self.found[name].text() if name in self.found else ""

    def texts(self, name: str) -> tuple[str, ...]:
        return self.found[name].texts() if name in self.found else ()

    def items(self, name: str) -> list[Cursor]:
        return self.found[name].items() if name in self.found else []

    def entries(self, name: str) -> list[tuple[str, Cursor]]:
        return list(self.found[name].entries()) if name in self.found else []

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.found[name].flag() if name in self.found else default

    def day(self, name: str) -> date:
        return self.found[name].day() if name in self.found else date.min

    def clause(self) -> str:
        return self.found["clause"].clause() if "clause" in self.found else ""

    def one_of(self, name: str, known: Mapping[str, object] | tuple[str, ...], what: str) -> str:
        return self.found[name].one_of(known, what) if name in self.found else ""

    def figure(self, name: str, unit: str) -> Figure:
        return self.optional_figure(name, unit) or Figure(Decimal(1), "", "")

    def optional_figure(self, name: str, unit: str) -> Figure | None:
        return self.found[name].figure(unit) if name in self.found else None

    def interpretation(self, *, trial: bool = False) -> Interpretation | None:
        """The reading written beside the clause of this section."""
        if "interpretation" not in self.found:
            return None
        clause = str(self.found["clause"].node.value) if "clause" in self.found else ""
        return self.found["interpretation"].reading_of(clause, trial=trial)
