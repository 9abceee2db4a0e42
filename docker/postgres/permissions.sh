#!/bin/sh
# Run once at every start, after the migrations: makes the DataStore's reader really read-only.
# CKAN writes the first part; it leaves the reader able to connect to CKAN's own database and to
# create temporary tables, which PostgreSQL lets everybody do until it is revoked.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file /exchange/set-permissions.sql
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
REVOKE CONNECT, TEMPORARY ON DATABASE "ckan" FROM PUBLIC;
REVOKE CONNECT, TEMPORARY ON DATABASE "datastore" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE "ckan" TO "portal_ckan";
GRANT CONNECT, TEMPORARY ON DATABASE "datastore" TO "portal_ckan";
GRANT CONNECT ON DATABASE "datastore" TO "portal_datastore_reader";
SQL
