"""Text as people type it: full-width forms and stray blanks."""

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}


def fold(text: str) -> str:
    """Half-width, trimmed, inner runs of white space as one blank."""
    if not text.isascii():
        text = text.translate(_HALF_WIDTH)
    return " ".join(text.split())
