"""The order in which French people look names up: accents and case do not count.

Pure: imports neither `ckan` nor an HTTP client.
"""

import unicodedata


def alphabetical(name: str) -> tuple[str, str]:
    """The key of a sort: “Élodie” comes between “Bob” and “Zoé”, after “Elodie”."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )
    return plain.casefold(), name
