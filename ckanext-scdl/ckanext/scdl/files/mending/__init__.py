"""One text as somebody typed it → the same as a schema wants it; one family of faults a module.

Pure: imports neither ``ckan`` nor an HTTP client. A function answers None where it has nothing to
say: what it returns is a proposal, that a person sees before it is done.
"""
