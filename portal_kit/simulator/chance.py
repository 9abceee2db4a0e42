"""Chance that can be had again: numbers made of a seed, a name and a time.

Pure: imports neither CKAN nor an HTTP client.
"""

import hashlib


def chance(seed: int, *parts: object) -> float:
    """A number in [0, 1), always the same for the same arguments."""
    text = "\0".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48


def wander(seed: int, name: str, moment: float, step: float = 600) -> float:
    """A number in [-1, 1) that goes smoothly from one value to another each ``step`` seconds."""
    rank, left = divmod(moment, step)
    share = left / step
    smooth = share * share * (3 - 2 * share)
    before, after = (chance(seed, name, int(rank) + more) for more in (0, 1))
    return 2 * (before + (after - before) * smooth) - 1
