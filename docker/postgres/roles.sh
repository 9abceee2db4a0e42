#!/bin/sh
# Run once by the image of PostgreSQL, when its volume is empty: CKAN's two roles and databases.
# CKAN owns its databases without being a superuser; the second role may only read the DataStore.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner_password="$CKAN_DB_PASSWORD" \
    --set reader_password="$DATASTORE_READER_PASSWORD" <<'SQL'
CREATE ROLE portal_ckan LOGIN NOSUPERUSER PASSWORD :'owner_password';
CREATE ROLE portal_datastore_reader LOGIN NOSUPERUSER PASSWORD :'reader_password';
CREATE DATABASE ckan OWNER portal_ckan;
CREATE DATABASE datastore OWNER portal_ckan;
SQL
