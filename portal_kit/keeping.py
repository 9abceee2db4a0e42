"""What a view and the cache in front of it tell each other, in the WSGI environment of a request.

Pure: no CKAN, no Flask.
"""

KEEP_SECONDS = "portal.keep_seconds"
"""A view writes here how many seconds its page may be given to others; 0 for not at all. A page
that says nothing is kept as long as the portal's option says."""
ANONYMOUS = "portal.anonymous"
"""True once CKAN has answered somebody who is not signed in, by whatever means."""
