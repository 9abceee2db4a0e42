"""What an error of a catalogue's server means for the reading: try again, otherwise, or less.

Makes no request; must not import `ckan`.
"""

from ckanext.grandpoitiers.catalogue.answers import (
    Capabilities,
    CswError,
    Damaged,
    NotXml,
    Refused,
    read_page,
)
from portal_kit.outbound import (
    BadStatus,
    BrokenAnswer,
    OutboundError,
    TooLarge,
    TooSlow,
    Unreachable,
)

# A slow server is no faster with fewer than so many records at once.
LEAST_SLOW = 10


def is_of_wording(error: OutboundError) -> bool:
    """Whether a server that answers this may understand the same question put another way."""
    if isinstance(error, BadStatus):
        return error.status in (400, 405, 406, 411, 415, 500, 501)
    return isinstance(error, Refused | Capabilities)


def is_of_method(error: OutboundError) -> bool:
    """Whether GET may work where POST gave this: some front servers know no other."""
    return type(error) is NotXml or (isinstance(error, BadStatus) and error.status in (403, 404))


def is_passing(error: OutboundError) -> bool:
    """Whether the same request may well succeed in a moment."""
    if isinstance(error, BadStatus):
        return (error.status >= 500 and error.status != 501) or error.status == 429
    return isinstance(error, TooSlow | Unreachable | BrokenAnswer | Damaged)


def is_divisible(error: OutboundError, size: int) -> bool:
    """Whether a page of fewer records may succeed where one of `size` did not."""
    if isinstance(error, TooSlow):
        return size > LEAST_SLOW
    return is_of_record(error)


def is_of_content(error: OutboundError) -> bool:
    """Whether what was sent is at fault, not the question."""
    return isinstance(error, Damaged | TooLarge | BrokenAnswer)


def is_of_record(error: OutboundError) -> bool:
    """Whether one record may be the cause: some servers fail on it, others send it broken."""
    if isinstance(error, BadStatus):
        return error.status >= 500
    return is_of_content(error) or isinstance(error, Refused)


def explained(error: OutboundError, host: str) -> OutboundError:
    """The error, or what the server itself says of it: many wrap their reports in a 400 or 500."""
    if isinstance(error, BadStatus) and error.body:
        try:
            read_page(error.body, host)
        except Refused as report:
            return report
        except CswError:
            pass
    return error
