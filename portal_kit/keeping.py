"""What views, the cache in front of them and the counting in front of both tell each other, in the
WSGI environment of a request.

Pure: no CKAN, no Flask.
"""

KEEP_SECONDS = "portal.keep_seconds"
"""A view writes here how many seconds its page may be given to others; 0 for not at all. A page
that says nothing is kept as long as the portal's option says."""
ANONYMOUS = "portal.anonymous"
"""True once CKAN has answered somebody who is not signed in, by whatever means."""
RESOURCE = "portal.resource"
"""The id of the resource whose rows or file were given, when the address does not say it."""
FOUND = "portal.found"
"""How many datasets the visitor's search found."""
COUNTED = (RESOURCE, FOUND)
"""What is kept with a page, so that whoever counts learns it again."""
