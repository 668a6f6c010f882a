"""Whole numbers out of addresses and hidden fields: what no page of ours sends is no number."""

MOST_DIGITS = 15  # fits every column of ours, and every browser's idea of a number


def whole_number(text: str) -> int | None:
    """The number that ASCII digits say; None for anything else, such as `²`, `①` or a text of 5,000 digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
