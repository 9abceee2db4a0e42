"""Names for people of codes: update frequency, type of a column, part of a form, icon."""

from functools import cache

import ckan.plugins.toolkit as tk
from flask_babel import get_locale

FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
"""Where the codes of update frequency live (EU Publications Office, authority table)."""


def frequency_code(uri: str) -> str:
    """`…/authority/frequency/MONTHLY` → `MONTHLY`; anything else comes back as it is."""
    return uri.removeprefix(FREQUENCY)


def frequencies() -> dict[str, str]:
    """`{code: label}` of the European authority table, in the visitor's language."""
    return _frequencies(get_locale())


@cache
def _frequencies(_language: object) -> dict[str, str]:
    # Each list of datasets asks for all of them.
    return {
        "CONT": tk._("Continuously"),
        "UPDATE_CONT": tk._("Continuously"),
        "1MIN": tk._("Every minute"),
        "5MIN": tk._("Every 5 minutes"),
        "10MIN": tk._("Every 10 minutes"),
        "15MIN": tk._("Every 15 minutes"),
        "30MIN": tk._("Every 30 minutes"),
        "HOURLY": tk._("Every hour"),
        "BIHOURLY": tk._("Every 2 hours"),
        "TRIHOURLY": tk._("Every 3 hours"),
        "12HRS": tk._("Every 12 hours"),
        "CONT_DAY": tk._("Several times a day"),
        "DAILY_2": tk._("Twice a day"),
        "DAILY": tk._("Every day"),
        "WEEKLY_5": tk._("Five times a week"),
        "WEEKLY_3": tk._("Three times a week"),
        "WEEKLY_2": tk._("Twice a week"),
        "WEEKLY": tk._("Every week"),
        "BIWEEKLY": tk._("Every 2 weeks"),
        "MONTHLY_3": tk._("Three times a month"),
        "MONTHLY_2": tk._("Twice a month"),
        "MONTHLY": tk._("Every month"),
        "BIMONTHLY": tk._("Every 2 months"),
        "QUARTERLY": tk._("Every 3 months"),
        "ANNUAL_3": tk._("Three times a year"),
        "ANNUAL_2": tk._("Twice a year"),
        "ANNUAL": tk._("Every year"),
        "BIENNIAL": tk._("Every 2 years"),
        "TRIENNIAL": tk._("Every 3 years"),
        "QUADRENNIAL": tk._("Every 4 years"),
        "QUINQUENNIAL": tk._("Every 5 years"),
        "DECENNIAL": tk._("Every 10 years"),
        "IRREG": tk._("At irregular intervals"),
        "AS_NEEDED": tk._("When needed"),
        "NEVER": tk._("Never again"),
        "NOT_PLANNED": tk._("Not planned"),
        "OTHER": tk._("At another frequency"),
        "UNKNOWN": tk._("At an unknown frequency"),
    }


def column_types() -> dict[str, str]:
    """`{PostgreSQL type: label}` of the columns of the DataStore."""
    return {
        "text": tk._("Text"),
        "int": tk._("Whole number"),
        "int4": tk._("Whole number"),
        "int8": tk._("Whole number"),
        "float8": tk._("Number"),
        "numeric": tk._("Number"),
        "bool": tk._("Yes or no"),
        "date": tk._("Date"),
        "time": tk._("Time of day"),
        "timestamp": tk._("Date and time"),
        "timestamptz": tk._("Date and time"),
    }


def form_parts() -> dict[str, str]:
    """`{part: title}` of the parts of a form that fold (see `form`)."""
    return {
        "dates": tk._("Dates and period"),
        "people": tk._("Contacts and authors"),
        "rights": tk._("Conditions and access"),
        "place": tk._("Places, map and scale"),
        "subjects": tk._("Classification and languages"),
        "quality": tk._("Origin, quality and documentation"),
        "programs": tk._("Identifiers and harvesting"),
        "service": tk._("Service or link"),
        "file": tk._("Technical details of the file"),
    }


def uses() -> dict[str, str]:
    """What one does with data, in words, by the codes of `themes.uses`."""
    return {
        "table": tk._("to sort and chart in a table"),
        "map": tk._("to see on a map"),
        "document": tk._("to read"),
        "program": tk._("for programs"),
    }


def icons() -> dict[str, str]:
    """What the drawings of `icons.svg` show, by their names; a town's own may have no word here."""
    return {
        "administration": tk._("Public administration"),
        "amenagement": tk._("Town planning"),
        "referentiels": tk._("Reference data"),
        "transports": tk._("Transport"),
        "environnement": tk._("Environment"),
        "demographie": tk._("Inhabitants"),
        "economie": tk._("Economy"),
        "culture": tk._("Culture and heritage"),
        "education": tk._("Education"),
        "sante": tk._("Health"),
        "hebergement": tk._("Accommodation"),
        "services": tk._("Services to people"),
        "sport": tk._("Sport and leisure"),
        "dataset": tk._("Set of data"),
        "organisation": tk._("Building"),
        "file": tk._("Sheet of paper"),
        "calendar": tk._("Calendar"),
        "clock": tk._("Clock"),
        "licence": tk._("Conditions of use"),
        "contact": tk._("Envelope"),
        "place": tk._("Place on a map"),
        "source": tk._("Origin"),
        "map": tk._("Map"),
        "chart": tk._("Bar chart"),
        "curve": tk._("Curve"),
        "table": tk._("Table of rows"),
        "theme": tk._("Theme"),
        "user": tk._("Person"),
    }
