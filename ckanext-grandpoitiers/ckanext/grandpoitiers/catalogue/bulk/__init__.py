"""Datasets written in bulk: what `package_create` and `package_update` do, a batch at a time.

`form` and `plain` judge a dataset as CKAN's validators would, or say that only CKAN can;
`rows` and `shown` are what the tables and `package_show` then hold; `tables` reads and writes
them, `hooks` calls what CKAN calls, `support` tells whether all this may be used here, `writer`
puts it together. Held to CKAN's own actions by tests/integration/grandpoitiers/test_bulk.py.
"""
