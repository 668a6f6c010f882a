"""Capital amounts (大写金额), after 支付结算办法 annex 1 and 会计基础工作规范 art. 52."""

from calc.money import MoneyError

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_SECTIONS = ("亿", "万", "")
_TOO_MUCH = 10**14  # fen; a trillion yuan has no agreed writing


def capital_amount(fen: int) -> str:
    """`人民币壹仟肆佰零玖元伍角整`: 整 after 元 and 角, none after 分. Raises MoneyError below zero."""
    if not 0 <= fen < _TOO_MUCH:
        raise MoneyError(f"金额 {fen} 分不能写成大写，应在 0 与一万亿元之间")
    whole, part = divmod(fen, 100)
    if not fen:
        return "人民币零元整"
    yuan = f"{_whole(whole)}元" if whole else ""
    return f"人民币{yuan}{_part(part, whole)}"


def _whole(value: int) -> str:
    written = ""
    for unit, section in zip(_SECTIONS, (value // 10**8, value // 10**4 % 10**4, value % 10**4), strict=True):
        if not section:
            continue
        # A section below a thousand leaves places empty: they are read as one 零.
        gap = "零" if written and section < 1000 else ""
        written += gap + _section(section) + unit
    return written


def _section(value: int) -> str:
    written, gap = "", False
    for place, digit in zip(_PLACES, f"{value:04d}", strict=True):
        if digit == "0":
            gap = bool(written)
            continue
        written += ("零" if gap else "") + _DIGITS[int(digit)] + place
        gap = False
    return written


def _part(part: int, whole: int) -> str:
    jiao, fen = divmod(part, 10)
    if not part:
        return "整"
    if not jiao:
        return ("零" if whole else "") + f"{_DIGITS[fen]}分"
    # The model in 支付结算办法 writes ￥1,680.32 as 壹仟陆佰捌拾元零叁角贰分: a 0 of 元 is read out.
    gap = "零" if whole and whole % 10 == 0 else ""
    return f"{gap}{_DIGITS[jiao]}角" + (f"{_DIGITS[fen]}分" if fen else "整")
