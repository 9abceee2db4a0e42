"""The search engine: its jars, its French schema and its home folder.

`install` fetches the jars, `schema` turns CKAN's own schema into a French one, `home` writes
the folder Solr runs in and says how to start it. Nothing here imports `ckan`: CKAN's schema
comes in as bytes, so that the same files serve an embedded Solr, a container and a test.
"""
