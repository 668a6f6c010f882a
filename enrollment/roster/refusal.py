"""Why a whole file is turned away: one sentence for the person who sent it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """kind is a word for counting; message says what, where and how to mend."""

    kind: str
    message: str


class RosterRefused(Exception):
    """The file cannot be read as a roster; nothing of it was kept."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal

    @classmethod
    def saying(cls, message: str) -> "RosterRefused":
        """Of several files at once, each in its own sentence."""
        return cls(Refusal("files", message))


class ReadingInterrupted(Exception):
    """The reading child was killed from outside: try again, a few times at most."""


def refused(kind: str, message: str) -> RosterRefused:
    return RosterRefused(Refusal(kind, message))


STRUCTURE_MESSAGE = "文件结构异常，无法读取。请用 Excel 或 WPS 打开后，把内容复制到新下载的模板里，另存为 .xlsx 再上传"


def broken_structure(detail: str = "") -> Refusal:
    """For files that no spreadsheet program writes; detail says where, if known."""
    return Refusal("structure", f"{STRUCTURE_MESSAGE}（{detail}）" if detail else STRUCTURE_MESSAGE)
