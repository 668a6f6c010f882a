"""Names on lists that everybody reads."""

HIDDEN = "*"
SEPARATORS = "·•・"


def mask_name(name: str) -> str:
    """`谭*华`, `谭*`, `买买提·吐尔*江`: one character hidden, the last but one or, of a short name, the last."""
    if len(name) < 3:
        return name[:-1] + HIDDEN if name else ""
    at = len(name) - 2
    if name[at] in SEPARATORS:
        at += 1
    return name[:at] + HIDDEN + name[at + 1 :]
