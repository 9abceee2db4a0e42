"""A simulator of car parks and buses, for the demonstration: what it says depends on a seed and the
time alone, so that two runs, or a test, see the same town.
"""

SEED = 86
ZONE = "Europe/Paris"
