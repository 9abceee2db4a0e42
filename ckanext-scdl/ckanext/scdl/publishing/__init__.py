"""From a file that was read to a published, queryable resource: the CKAN edge of ``files``."""
