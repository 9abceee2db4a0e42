#!/bin/sh
# What a container of the image `portal` does. Any other word is run as a command, for example:
#     docker compose run --rm web ckan user list
set -eu

exchange=/exchange
solr_home=/var/solr/data

case "${1:-web}" in
web)
    # As in portal_kit/services/web.py: the log says what is asked of the portal, not by whom.
    exec gunicorn portal_kit.wsgi:application \
        --bind 0.0.0.0:5000 \
        --worker-class gthread --workers "${PORTAL_WEB_PROCESSES:-2}" --threads 4 \
        --timeout 120 --graceful-timeout 15 \
        --access-logfile - --access-logformat '%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms' \
        --no-control-socket --worker-tmp-dir /dev/shm
    ;;

worker)
    exec ckan jobs worker
    ;;

poller)
    exec python -m ckanext.realtime.poller
    ;;

solr-home)
    # Once at every start, before Solr: its schema is made from the CKAN of this image.
    python -m portal_kit.solr "$solr_home"
    cp "$solr_home/ckan/fingerprint" "$exchange/solr-fingerprint"
    chmod 0644 "$exchange/solr-fingerprint"
    ;;

migrate)
    ckan db upgrade
    ckan db pending-migrations --apply
    # Run by the service `permissions`, which alone has the superuser's password.
    ckan datastore set-permissions >"$exchange/set-permissions.sql"
    ;;

seed)
    if ! cmp -s "$exchange/solr-fingerprint" "$exchange/indexed-fingerprint"; then
        ckan search-index rebuild
        cp "$exchange/solr-fingerprint" "$exchange/indexed-fingerprint"
    fi
    ckan translation js
    ckan grandpoitiers seed
    ckan grandpoitiers load-pages
    ckan grandpoitiers sources
    ckan realtime load-feeds
    ;;

*)
    exec "$@"
    ;;
esac
