"""The French rules that schemas name beside Table Schema's constraints, one family a module.

Pure: imports neither ``ckan`` nor an HTTP client. Found by their names in ``custom_checks`` or
``customCheck``; verdicts are Validata's, held by a differential test.
"""

from collections.abc import Callable, Mapping

from ckanext.scdl.rules import formats, places, rows
from ckanext.scdl.rules.base import Rule
from ckanext.scdl.schema import CustomCheck

_MAKERS: Mapping[str, Callable[[CustomCheck], Rule]] = {
    **dict.fromkeys(formats.NAMES, formats.CellRule.of),
    "cohesive-columns-value": rows.Cohesive.of,
    "compare-columns-value": rows.Compare.of,
    "sum-columns-value": rows.Sum.of,
    "one-of-required": rows.OneOfRequired.of,
    places.NAME: places.FrenchPosition.of,
}


def rule(check: CustomCheck) -> Rule | None:
    """The rule that a schema names, None when nobody knows it. Raises SchemaError."""
    # Old schemas write a name with underscores, as french_gps_coordinates.
    make = _MAKERS.get(check.name) or _MAKERS.get(check.name.replace("_", "-"))
    return make(check) if make else None
