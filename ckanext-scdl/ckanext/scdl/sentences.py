"""The sentences of a report, by cause: gettext msgids for a town-hall clerk.

Pure: imports neither ``ckan`` nor an HTTP client; holds texts only. ``TITLES`` head a group,
``SENTENCES`` say what is wrong with one value, ``ADVICE`` what to write when no correction of
that very value can be proposed. Keys go from ``kind/rule/type`` down to ``kind``.
"""

from collections.abc import Mapping

from ckanext.scdl.errors import N_

TITLES: Mapping[str, str] = {
    "type-error": N_("Values of “{column}” that are not of the expected type"),
    "type-error/type/boolean": N_("Values of “{column}” that are neither yes nor no"),
    "type-error/type/date": N_("Dates of “{column}” not written as expected"),
    "type-error/type/datetime": N_("Dates and times of “{column}” not written as expected"),
    "type-error/type/time": N_("Times of “{column}” not written as expected"),
    "type-error/type/year": N_("Years of “{column}” not written as expected"),
    "type-error/type/yearmonth": N_("Months of “{column}” not written as expected"),
    "type-error/type/integer": N_("Values of “{column}” that are not whole numbers"),
    "type-error/type/number": N_("Values of “{column}” that are not numbers"),
    "type-error/type/geopoint": N_("Coordinates of “{column}” not written as expected"),
    "type-error/type/string/email": N_("Values of “{column}” that are not e-mail addresses"),
    "type-error/type/string/uri": N_("Values of “{column}” that are not complete web addresses"),
    "constraint-error": N_("Values of “{column}” that are not allowed"),
    "constraint-error/required": N_("Empty cells in “{column}”, which must be filled"),
    "constraint-error/pattern": N_("Values of “{column}” not written as expected"),
    "constraint-error/enum": N_("Values of “{column}” that are not in the list"),
    "constraint-error/minLength": N_("Texts of “{column}” that are too short"),
    "constraint-error/maxLength": N_("Texts of “{column}” that are too long"),
    "constraint-error/minimum": N_("Values of “{column}” that are too small"),
    "constraint-error/exclusiveMinimum": N_("Values of “{column}” that are too small"),
    "constraint-error/maximum": N_("Values of “{column}” that are too large"),
    "constraint-error/exclusiveMaximum": N_("Values of “{column}” that are too large"),
    "unique-error": N_("Values of “{column}” that come more than once"),
    "primary-key": N_("Identifiers ({columns}) that come more than once"),
    "primary-key/empty": N_("Rows without an identifier ({columns})"),
    "foreign-key": N_("Values ({columns}) that refer to nothing"),
    "blank-row": N_("Empty rows"),
    "missing-cell": N_("Rows that stop before “{column}”"),
    "extra-cell": N_("Rows longer than the header"),
    "missing-label": N_("A column that must be there is missing: “{column}”"),
    "missing-label/optional": N_("An optional column is missing: “{column}”"),
    "extra-label": N_("A column is not in the schema: “{column}”"),
    "incorrect-label": N_("Columns in another order than the schema’s"),
    "incorrect-label/name": N_("A column has another name than expected: “{column}”"),
    "blank-label": N_("A column has no header"),
    "duplicate-label": N_("Two columns have the same header: “{column}”"),
    "unmatched-header": N_("No column of the schema was found"),
    "source-error": N_("The file holds no table"),
    "siret": N_("SIRET numbers of “{column}” that are not correct"),
    "siren": N_("SIREN numbers of “{column}” that are not correct"),
    "phone-number-value": N_("Telephone numbers of “{column}” that are not correct"),
    "opening-hours-value": N_("Opening hours of “{column}” not written as expected"),
    "french-gps-coordinates": N_("Positions of “{column}” that are not in France"),
    "reversed-french-gps-coordinates": N_("Positions of “{column}” with swapped coordinates"),
    "year-interval-value": N_("Periods of “{column}” not written as expected"),
    "nomenclature-actes-value": N_("Subjects of “{column}” that are not in the nomenclature"),
    "cohesive-columns-value": N_("Columns to fill together: {columns}"),
    "one-of-required": N_("Neither of these columns is filled: {columns}"),
    "compare-columns-value": N_("“{column}” does not agree with “{other}”"),
    "sum-columns-value": N_("“{column}” is not the sum of {columns}"),
    "json/required": N_("“{column}” is missing"),
    "json/type": N_("Values of “{column}” that are not of the expected type"),
    "json/enum": N_("Values of “{column}” that are not in the list"),
    "json/pattern": N_("Values of “{column}” not written as expected"),
    "json/format": N_("Values of “{column}” not written as expected"),
    "json/minLength": N_("Texts of “{column}” that are too short"),
    "json/maxLength": N_("Texts of “{column}” that are too long"),
    "json/minimum": N_("Values of “{column}” that are too small"),
    "json/maximum": N_("Values of “{column}” that are too large"),
    "json/extra": N_("Properties that are not in the schema"),
    "json/form": N_("Parts of the file not built as expected"),
    "": N_("Values of “{column}” that don’t follow the rule {kind}"),
}

SENTENCES: Mapping[str, str] = {
    "type-error": N_("“{value}” is not of the expected type ({type})."),
    "type-error/type/array": N_("“{value}” is not a list as expected."),
    "type-error/type/list": N_("“{value}” is not a list as expected."),
    "type-error/type/boolean": N_("“{value}” is neither yes nor no as expected."),
    "type-error/type/date": N_("“{value}” is not a date as expected."),
    "type-error/type/datetime": N_("“{value}” is not a date and time as expected."),
    "type-error/type/time": N_("“{value}” is not a time of day as expected."),
    "type-error/type/duration": N_("“{value}” is not a duration as expected."),
    "type-error/type/year": N_("“{value}” is not a year."),
    "type-error/type/yearmonth": N_("“{value}” is not a month of a year as expected."),
    "type-error/type/integer": N_("“{value}” is not a whole number."),
    "type-error/type/number": N_("“{value}” is not a number as expected."),
    "type-error/type/geopoint": N_("“{value}” is not a point in longitude and latitude."),
    "type-error/type/geojson": N_("“{value}” is not a geometry in GeoJSON."),
    "type-error/type/object": N_("“{value}” is not a JSON object."),
    "type-error/type/string/email": N_("“{value}” is not an e-mail address."),
    "type-error/type/string/uri": N_("“{value}” is not a complete web address."),
    "type-error/type/string/uuid": N_("“{value}” is not a UUID."),
    "type-error/type/string/binary": N_("“{value}” is not a text in base64."),
    "type-error/type/string/wkt": N_("“{value}” is not a geometry in WKT."),
    "constraint-error": N_("“{value}” is not allowed here ({rule})."),
    "constraint-error/required": N_("This cell is empty and must be filled."),
    "constraint-error/pattern": N_("“{value}” is not written as expected."),
    "constraint-error/enum": N_("“{value}” is not one of the values of the list."),
    "constraint-error/minLength": N_(
        "“{value}” is too short: {length} characters, {constraint} at least are expected."
    ),
    "constraint-error/maxLength": N_(
        "“{value}” is too long: {length} characters, {constraint} at most are allowed."
    ),
    "constraint-error/minimum": N_("“{value}” is less than the smallest value, {constraint}."),
    "constraint-error/maximum": N_("“{value}” is more than the largest value, {constraint}."),
    "constraint-error/exclusiveMinimum": N_("“{value}” has to be more than {constraint}."),
    "constraint-error/exclusiveMaximum": N_("“{value}” has to be less than {constraint}."),
    "unique-error": N_("“{value}” is already in row {other_row}."),
    "primary-key": N_("“{value}” ({columns}) is already the identifier of row {other_row}."),
    "primary-key/empty": N_("This row has no identifier ({columns})."),
    "foreign-key/here": N_("“{value}” ({columns}) is not found in {reference}."),
    "foreign-key/elsewhere": N_(
        "“{value}” ({columns}) is not found in {reference} of the table {table}."
    ),
    "blank-row": N_("This row is empty."),
    "missing-cell": N_("This row stops before the column “{column}”."),
    "extra-cell": N_("This row has a cell past the last header: “{value}”."),
    "missing-label": N_("The column “{column}” is missing and must be there."),
    "missing-label/optional": N_("The optional column “{column}” is missing."),
    "extra-label": N_("The column “{column}” is not one of the schema’s."),
    "incorrect-label": N_("The columns are not in the order of the schema, from “{column}” on."),
    "incorrect-label/name": N_("The column “{column}” has another name in the schema."),
    "blank-label": N_("The header of the column “{column}” is empty."),
    "duplicate-label": N_("Several columns have the header “{column}”."),
    "unmatched-header": N_("No header of the file is one of the schema’s columns."),
    "source-error": N_("The file is empty: it has neither header nor row."),
    "siret": N_("“{value}” is not a SIRET number."),
    "siren": N_("“{value}” is not a SIREN number."),
    "phone-number-value": N_("“{value}” is not a telephone number."),
    "opening-hours-value": N_("“{value}” are not opening hours as expected."),
    "french-gps-coordinates": N_("“{value}” is not in France."),
    "reversed-french-gps-coordinates": N_("“{value}” would be in France the other way round."),
    "year-interval-value": N_("“{value}” is not a period as expected."),
    "code-rna": N_("“{value}” is not the number of an association (RNA)."),
    "code-commune-insee": N_("“{value}” is not the INSEE code of a commune."),
    "code-departement": N_("“{value}” is not the code of a department."),
    "code-region": N_("“{value}” is not the code of a region."),
    "code-postal": N_("“{value}” is not a French postal code."),
    "nomenclature-acte": N_("“{value}” is not a subject of the nomenclature of acts."),
    "nomenclature-actes-value": N_("“{value}” is not a subject of the nomenclature of acts."),
    "cohesive-columns-value": N_(
        "In this row some of these columns are filled and others are not: {columns}."
    ),
    "cohesive-columns-value/header": N_(
        "These columns go together ({columns}) and some are missing: {lacking}."
    ),
    "one-of-required": N_("In this row none of these columns is filled: {columns}."),
    "one-of-required/header": N_("None of these columns is in the file: {columns}."),
    "compare-columns-value/>": N_(
        "{column} ({value}) has to be more than {other} ({other_value})."
    ),
    "compare-columns-value/>=": N_("{column} ({value}) has to be {other} ({other_value}) or more."),
    "compare-columns-value/==": N_(
        "{column} ({value}) has to be the same as {other} ({other_value})."
    ),
    "compare-columns-value/<=": N_("{column} ({value}) has to be {other} ({other_value}) or less."),
    "compare-columns-value/<": N_(
        "{column} ({value}) has to be less than {other} ({other_value})."
    ),
    "sum-columns-value": N_("{column} is {value}, but {columns} makes {sum}."),
    "json/required": N_("“{column}” is missing."),
    "json/type": N_("“{value}” is not of the expected type ({choices})."),
    "json/enum": N_("“{value}” is not one of the values of the list."),
    "json/pattern": N_("“{value}” is not written as expected."),
    "json/format": N_("“{value}” is not written as expected ({constraint})."),
    "json/minLength": N_("“{value}” is too short, {constraint} characters at least are expected."),
    "json/maxLength": N_("“{value}” is too long, {constraint} characters at most are allowed."),
    "json/minimum": N_("“{value}” is less than the smallest value, {constraint}."),
    "json/maximum": N_("“{value}” is more than the largest value, {constraint}."),
    "json/extra": N_("This is not in the schema: {choices}."),
    "json/form": N_("This is not built as the schema wants: {reason}"),
    "": N_("“{value}” does not follow the rule {kind} of the schema."),
}

SUGGESTION = N_("Write: {suggestion}")
DID_YOU_MEAN = N_("Did you mean: {suggestion}")
EXAMPLE = N_("For example: {example}")

ADVICE: Mapping[str, str] = {
    "type-error/type/array": N_('Write the items between square brackets: ["a", "b"].'),
    "type-error/type/list": N_("Write the items with “{delimiter}” between them."),
    "type-error/type/boolean": N_("Write {true} for yes or {false} for no."),
    "type-error/type/date": N_("Write it as {shape}."),
    "type-error/type/datetime": N_(
        "Write the day, the letter T and the time to the second: 2024-03-31T14:30:00."
    ),
    "type-error/type/time": N_("Write hours, minutes and seconds: 14:30:00."),
    "type-error/type/duration": N_("Write P1D for a day, PT2H30M for two and a half hours."),
    "type-error/type/year": N_("Write its four digits."),
    "type-error/type/yearmonth": N_("Write the year, a dash and the month: 2024-03."),
    "type-error/type/integer": N_("Write digits alone, without decimals, unit or space."),
    "type-error/type/number": N_(
        "Write digits, with “{mark}” before the decimals, without unit or space."
    ),
    "type-error/type/geopoint": N_(
        "Write the longitude, a comma and the latitude, in degrees: 0.3404,46.5802."
    ),
    "type-error/type/geopoint/array": N_(
        "Write the longitude and the latitude between square brackets, in degrees:"
        " [0.3404, 46.5802]."
    ),
    "type-error/type/geopoint/object": N_(
        'Write the longitude and the latitude in degrees: {{"lon": 0.3404, "lat": 46.5802}}.'
    ),
    "type-error/type/geojson": N_("Let the software that draws the geometry write it."),
    "type-error/type/object": N_("Let the software that holds the data write it."),
    "type-error/type/string/email": N_("Write one address, such as mairie@example.fr."),
    "type-error/type/string/uri": N_("Write it from https:// on."),
    "type-error/type/string/uuid": N_("Copy it from the software that made it."),
    "constraint-error/required": N_("Fill it in."),
    "constraint-error/pattern": N_("Expected form: {constraint}"),
    "constraint-error/enum": N_("Write one of: {choices}."),
    "constraint-error/minLength": N_("Complete it."),
    "constraint-error/maxLength": N_("Shorten it."),
    "constraint-error/minimum": N_("Check it."),
    "constraint-error/maximum": N_("Check it."),
    "constraint-error/exclusiveMinimum": N_("Check it."),
    "constraint-error/exclusiveMaximum": N_("Check it."),
    "unique-error": N_("Give each row its own value, or remove the row that is there twice."),
    "primary-key": N_("Give each row its own identifier, or remove the row that is there twice."),
    "primary-key/empty": N_("Fill it in."),
    "foreign-key": N_("Correct it, or add what it refers to."),
    "blank-row": N_("Remove it."),
    "missing-cell": N_("Give it as many cells as there are headers, empty ones included."),
    "extra-cell": N_(
        "Remove it; if a text holds the separator of the file, put it between quotation marks."
    ),
    "missing-label": N_("Add it, or correct the header that stands for it."),
    "missing-label/optional": N_("Add it, even empty, so that files can be merged."),
    "extra-label": N_("Remove it, or correct its name if it stands for another."),
    "incorrect-label": N_("The order expected: {order}."),
    "incorrect-label/name": N_("Correct it."),
    "blank-label": N_("Name it, or remove the column."),
    "duplicate-label": N_("Rename or remove all but one; the rows can’t be checked before."),
    "unmatched-header": N_(
        "Check that the right schema is chosen, and that the first line holds the headers."
    ),
    "source-error": N_("Choose another file."),
    "siret": N_("A SIRET has 14 digits, without spaces; copy it from annuaire-entreprises."),
    "siren": N_("A SIREN has 9 digits, without spaces; copy it from annuaire-entreprises."),
    "phone-number-value": N_("Write a French number, or +33 and so on for any country."),
    "opening-hours-value": N_("Write them as OpenStreetMap does: Mo-Fr 08:30-12:00,13:30-17:00."),
    "french-gps-coordinates": N_("Check the longitude, then the latitude, in degrees."),
    "reversed-french-gps-coordinates": N_("Write the longitude first, then the latitude."),
    "year-interval-value": N_("Write two years in order: 2020/2026."),
    "year-interval-value/alone": N_("Write a year, or two in order: 2020/2026."),
    "code-rna": N_("Write the letter W and 9 digits: W862001234."),
    "nomenclature-acte": N_(
        "Write one of the nine subjects, a slash and its part, without spaces around:"
        " Urbanisme/Documents d’urbanisme."
    ),
    "nomenclature-actes-value": N_(
        "Write one of the nine subjects, a slash and its part, without spaces around:"
        " Urbanisme/Documents d’urbanisme."
    ),
    "cohesive-columns-value": N_("Fill all of them or none."),
    "cohesive-columns-value/header": N_("Add the missing ones, or remove the others."),
    "one-of-required": N_("Fill at least one."),
    "one-of-required/header": N_("Add at least one."),
    "json/required": N_("Add it."),
    "json/enum": N_("Write one of: {choices}."),
    "json/pattern": N_("Expected form: {constraint}"),
    "compare-columns-value": N_("Check both."),
    "sum-columns-value": N_("Check them."),
}

SHAPE: Mapping[str, str] = {
    "%Y": N_("YYYY"),
    "%m": "MM",
    "%d": N_("DD"),
    "%H": "hh",
    "%M": "mm",
    "%S": "ss",
}
"""What stands for each part of a date in a sentence."""
