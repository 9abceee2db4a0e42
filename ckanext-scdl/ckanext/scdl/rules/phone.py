"""Telephone numbers: French ones as people write them, foreign ones with their prefix.

Pure: imports neither ``ckan`` nor an HTTP client. Short numbers (15, 3949) are French ones too.
"""

import phonenumbers


def is_phone_number(text: str) -> bool:
    """Whether the number can be called, in France or with its international prefix."""
    return _is_valid(text, "FR") or _is_valid(text, None)


def _is_valid(text: str, country: str | None) -> bool:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.is_valid_number(number):
        return True
    return country is not None and phonenumbers.is_valid_short_number(number)
