"""What a scanned or typed number says about a piece.

Ty's bar codes are UPC-A: ``0 08421``, the style number in five digits, a check digit.
"""

MAKER = "008421"
UPC_DIGITS = 12
EAN_DIGITS = 13


def style_number(text: str) -> str:
    """Return the style number, without leading zeros, that digits give; "" if they give none.

    ``text`` is a style number as printed (``04062``), a UPC, or the same UPC as an EAN, with
    spaces or hyphens or without. A code with a wrong check digit was misread and gives none.
    """
    digits = "".join(letter for letter in text if letter not in " -")
    if not (digits.isascii() and digits.isdecimal()):
        return ""
    if len(digits) == EAN_DIGITS and digits.startswith("0"):
        digits = digits[1:]
    if len(digits) != UPC_DIGITS:
        return digits.lstrip("0")
    if not digits.startswith(MAKER) or check_digit(digits[:-1]) != digits[-1]:
        return ""
    return digits[len(MAKER) : -1].lstrip("0")


def check_digit(eleven: str) -> str:
    """Return the last digit of the UPC that begins with these eleven."""
    odd, even = map(int, eleven[::2]), map(int, eleven[1::2])
    return str(-(3 * sum(odd) + sum(even)) % 10)
