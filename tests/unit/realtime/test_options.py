"""What the poller takes from CKAN's settings."""

import pytest

from ckanext.realtime.poller.options import MissingOption, read

INI = """\
[DEFAULT]
debug = false
[app:main]
sqlalchemy.url = postgresql://u:p%%40@h/ckan
ckan.datastore.write_url = postgresql://u:p@h/datastore
ckan.site_id = portail
ckan.display_timezone = server
ckanext.grandpoitiers.outbound.allowed_networks = 10.0.0.0/8
"""


def test_the_environment_comes_before_the_file() -> None:
    options = read(
        INI,
        {
            "CKAN_DATASTORE_WRITE_URL": "postgresql://other/datastore",
            "CKANEXT__GRANDPOITIERS__OUTBOUND__ALLOWED_NETWORKS": "127.0.0.1:8001",
            "CKAN__DISPLAY_TIMEZONE": "Indian/Reunion",
        },
    )
    assert options.main_url == "postgresql://u:p%40@h/ckan"
    assert options.datastore_url == "postgresql://other/datastore"
    assert options.everything["ckanext.grandpoitiers.outbound.allowed_networks"] == "127.0.0.1:8001"
    assert options.zone == "Indian/Reunion"
    assert options.queue == "ckan:portail:default"


def test_the_machines_own_zone_is_not_the_towns() -> None:
    assert read(INI, {}).zone == "Europe/Paris"


def test_without_a_database_there_is_one_sentence() -> None:
    with pytest.raises(MissingOption, match=r"sqlalchemy\.url"):
        read("", {})
