"""What is wrong with an edition's document, as a value with a place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`key` is the path inside the document; `expected` and `mend` are parts of the sentence."""

    file: str
    line: int
    key: str
    found: str
    expected: str
    mend: str

    @property
    def sentence(self) -> str:
        where = f"{self.file} 第{self.line}行「{self.key}」" if self.key else f"{self.file} 第{self.line}行"
        return f"{where}：{self.found}，应{self.expected}。{self.mend}"
