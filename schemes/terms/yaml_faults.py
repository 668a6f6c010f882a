"""Why a document is no YAML, in words: the parser names where it gave up, the cause often stands a line above."""

import re
from dataclasses import dataclass

import yaml

_FULL_COLON = re.compile(r"\s*(?:- +)?[^\s：:{\[]+：")
_NO_SPACE = re.compile(r"\s*(?:- +)?[A-Za-z_][\w（）]*:[^\s:]")
_NO_DASH_SPACE = re.compile(r"\s*-[^\s-]")
_KEY_AND_TEXT = re.compile(r"\s*(?:- +)*[^\s:]+:\s+[^\s\"'{\[]")
_SINGLE_QUOTE_OPENS = re.compile(r"(?:^|[:,\[{-])\s*'")
_WIDE_COLON_INSIDE = re.compile(r"[{,\s]([A-Za-z_]\w*)：", re.ASCII)
_DOING = ("scanning an alias", "scanning an anchor", "scanning a block scalar", "scanning a directive", "parsing a tag")
_SPECIAL = tuple(f"while {doing}" for doing in (*_DOING, "scanning a tag"))


@dataclass(frozen=True, slots=True)
class Fault:
    """The parts of a Problem's sentence."""

    line: int
    found: str
    expected: str
    mend: str


def fault_of(text: str, error: Exception) -> Fault:
    """What most likely went wrong; `line` counts from 1."""
    if isinstance(error, yaml.reader.ReaderError):
        return _invisible(text, error)
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return _unclear(1)
    lines = text.split("\n")
    told = _Told(lines, mark, error.context_mark or mark, error.context or "", error.problem or "")
    for look in (_tab, _second_document, _special, _flow, _quote, _written_together, _colon_in_text, _surplus, _layout):
        if fault := look(told):
            return fault
    return _unclear(min(mark.line + 1, len(lines)))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the parser tells: where it stopped (`mark`), what it was in the middle of and since where (`since`)."""

    lines: list[str]
    mark: yaml.Mark
    since: yaml.Mark
    context: str
    problem: str

    @property
    def at(self) -> str:
        """The line where it stopped."""
        return self.lines[self.mark.line] if self.mark.line < len(self.lines) else ""

    @property
    def sign(self) -> str:
        return self.at[self.mark.column : self.mark.column + 1]

    @property
    def before(self) -> int:
        """The index of the last line before it that says anything; -1 where there is none."""
        for index in range(min(self.mark.line, len(self.lines)) - 1, -1, -1):
            line = self.lines[index].strip()
            if line and not line.startswith("#"):
                return index
        return -1


def _fault(index: int, found: str, expected: str, mend: str) -> Fault:
    return Fault(index + 1, f"格式读不通：{found}", expected, mend)


def _unclear(line: int) -> Fault:
    return Fault(line, "格式读不通", "是 YAML", "请核对这一行和上一行的缩进、冒号和引号")


def _invisible(text: str, error: yaml.reader.ReaderError) -> Fault:
    position = error.position if isinstance(error.position, int) else 0
    code = f"U+{ord(text[position]):04X}" if position < len(text) else ""
    return _fault(text.count("\n", 0, position), f"有看不见的字符 {code}", "只有文字", "请把它删去，或重打这一行")


def _tab(told: _Told) -> Fault | None:
    if "'\\t'" not in told.problem:
        return None
    where = "行首用 Tab 缩进" if not told.at[: told.mark.column].strip() else "文字之间有 Tab"
    return _fault(told.mark.line, where, "用空格", "请把这一行的 Tab 换成空格")


def _second_document(told: _Told) -> Fault | None:
    if "another document" not in told.problem:
        return None
    return _fault(told.mark.line, "又写了一行 ---，后面是另一份文档", "是一个文件一份方案", "请删去 ---")


def _special(told: _Told) -> Fault | None:
    """A text that begins with a sign that means something else."""
    if "unknown escape" in told.problem or "escape sequence" in told.problem:
        return _fault(told.mark.line, "双引号里有反斜杠 \\", "不用反斜杠", "请删去，或写两个 \\\\")
    if told.context.startswith(_SPECIAL):
        index, sign = told.since.line, told.lines[told.since.line][told.since.column : told.since.column + 1]
    elif "cannot start any token" in told.problem:
        index, sign = told.mark.line, told.sign
    else:
        return None
    return _fault(index, f"文字以「{sign}」开头", "把整段文字加上引号", f'请写成 "{sign}…"')


def _flow(told: _Told) -> Fault | None:
    """Inside `{…}` or `[…]`."""
    if not told.context.startswith("while parsing a flow"):
        return None
    opening = told.lines[told.since.line][told.since.column : told.since.column + 1]
    closing = {"{": "}", "[": "]"}.get(opening, "")
    if broken := _quote(told):
        return broken
    if told.sign in ("，", "、"):
        return _fault(told.mark.line, f"用了全角的「{told.sign}」分隔", "用半角逗号加空格", "请改为 , ")
    if key := _WIDE_COLON_INSIDE.search(told.at[: told.mark.column]):
        return _fault(told.mark.line, f"「{key[1]}」后面是全角冒号", "是半角冒号加一个空格", f"请写成 {key[1]}: …")
    for index in range(told.since.line, told.mark.line + 1):
        if index < len(told.lines) and (wide := re.search("[｛｝［］]", told.lines[index])):
            return _fault(index, f"用了全角括号「{wide[0]}」", "用半角的 { } 和 [ ]", "请改为半角")
    if told.mark.line > told.since.line:
        return _fault(told.since.line, f"「{opening}」没有合上", f"以「{closing}」结束", f"请补上 {closing}")
    if told.problem.endswith("':'"):
        return _colon(told)
    return _fault(
        told.mark.line, f"「{opening}」里少了逗号，或没有合上", "在各项之间写逗号加空格", f"请补上逗号或 {closing}"
    )


def _colon(told: _Told) -> Fault:
    written = re.split(r"[,{\[]|(?<=[^\s:]):\s", told.at[: told.mark.column])[-1].strip()
    rest = re.split(r"[,}\]]|\s#", told.at[told.mark.column :])[0].rstrip()
    whole = (written + rest).replace('"', "")
    return _fault(told.mark.line, f"「{whole[:30]}」里有冒号加空格", "把有冒号的文字加上引号", f'请写成 "{whole[:30]}"')


def _colon_in_text(told: _Told) -> Fault | None:
    if "mapping values are not allowed" in told.problem and _KEY_AND_TEXT.match(told.at[: told.mark.column]):
        return _colon(told)
    return None


def _quote(told: _Told) -> Fault | None:
    """A quotation mark without its partner: the text runs on to the next one."""
    index = _odd(told.lines[: told.mark.line + 1])
    if index is None and "end of stream" in told.problem and "quoted scalar" in told.context:
        index = told.since.line
    if index is not None:
        return _fault(index, "引号没有成对", "有开有合，都是半角引号", "请补上或删去一个引号")
    runs_on = told.problem.endswith("'<scalar>'") and told.at[: told.mark.column].endswith(('"', "'"))
    if runs_on and told.sign not in ("，", "、"):
        return _fault(told.mark.line, "引号后面还有字", "用引号包住整段文字", "请把引号移到末尾，或删去引号")
    return None


def _odd(lines: list[str]) -> int | None:
    """The last line that leaves a quotation mark open; None where all are in pairs."""
    for sign in ('"', "'"):
        odd = [index for index, line in enumerate(lines) if _open(line, sign)]
        if len(odd) % 2:
            return odd[-1]
    return None


def _open(line: str, sign: str) -> bool:
    if sign == "'" and not _SINGLE_QUOTE_OPENS.search(line):
        return False
    bare = re.sub(rf"\s#[^{sign}]*$", "", line.replace('\\"', ""))
    return bare.count(sign) % 2 == 1 and not bare.lstrip().startswith("#")


def _written_together(told: _Told) -> Fault | None:
    """No blank after a colon or dash, or a full-width colon: the line is one text, and the next makes no sense."""
    for index in dict.fromkeys((told.mark.line, told.before, told.since.line)):
        if not 0 <= index < len(told.lines):
            continue
        line = told.lines[index]
        key = re.split("[：:]", line.strip().removeprefix("- "))[0]
        if _FULL_COLON.match(line) and not re.match(r"[^：]*: ", line):
            return _fault(index, f"「{key}」后面是全角冒号", "是半角冒号加一个空格", f"请写成 {key}: …")
        if _NO_DASH_SPACE.match(line):
            return _fault(index, "「-」后面没有空格", "是「- 」", f"请写成 - {line.strip()[1:20]}…")
        if _NO_SPACE.match(line):
            return _fault(index, f"「{key}:」后面没有空格", "在冒号后空一格", f"请写成 {key}: …")
    return None


def _surplus(told: _Told) -> Fault | None:
    if found := re.search(r"but found '([}\],])'", told.problem):
        return _fault(told.mark.line, f"多了一个「{found[1]}」", "是成对的括号", "请删去多的一个")
    return None


def _layout(told: _Told) -> Fault | None:
    """A line without a colon, or one that is not in line with its group."""
    at = told.since.line if "could not find expected ':'" in told.problem else told.before
    if "mapping values" in told.problem or "could not find" in told.problem:
        line = told.lines[at].strip() if 0 <= at < len(told.lines) else ""
        if line and ":" not in line and not line.startswith("- "):
            return _fault(at, f"「{line[:20]}」这一行没有冒号", "是「键: 值」的形式", "请补上键，或并入上一行")
    if "<document start>" in told.problem:
        first = next((at for at, line in enumerate(told.lines) if line.strip() and line.lstrip()[0] != "#"), 0)
        at = first if told.lines[first].startswith(" ") else told.mark.line
        return _fault(at, "缩进对不上", "从最左边写起，下一层多两格", "请核对这一行和上一行的缩进")
    if "mapping values" in told.problem or "expected <block end>" in told.problem:
        return _fault(told.mark.line, "缩进对不上", "与同一组的键对齐，下一层多两格", "请核对这一行和上一行的缩进")
    return None
