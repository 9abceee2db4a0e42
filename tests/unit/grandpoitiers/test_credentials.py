"""The secret of a closed catalogue: where it is found, and to whom it may go."""

import base64

import pytest

from ckanext.grandpoitiers.catalogue.credentials import OPTION, headers, option, variable
from ckanext.grandpoitiers.catalogue.source_config import ConfigError

URL = "https://geo-data.exemple.fr/csw"


def test_an_open_catalogue_gets_nothing() -> None:
    """Even when a secret is there."""
    assert headers("", URL, {option("geo-data.exemple.fr"): "a:b"}) == {}


def test_a_name_and_password_make_a_basic_authentication() -> None:
    """RFC 7617, in UTF-8."""
    sent = headers("basic", URL, {option("geo-data.exemple.fr"): "sig:été:2"})["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == "sig:été:2"


def test_a_header_gets_the_secret_as_it_is() -> None:
    assert headers("X-Api-Key", URL, {option("geo-data.exemple.fr"): "k1"}) == {"X-Api-Key": "k1"}


def test_the_secret_of_a_server_goes_to_no_other() -> None:
    """Whoever edits a source chooses its address, and a name that resembles is another server."""
    options = {option("geo-data.exemple.fr"): "a:b"}
    for host in ("geo.data.exemple.fr", "geo--data.exemple.fr", "geo_data.exemple.fr", "x.fr"):
        with pytest.raises(ConfigError) as mistake:
            headers("basic", f"https://{host}/csw", options)
        assert "none is set" in str(mistake.value)


def test_the_variable_is_the_one_that_ckanext_envvars_reads() -> None:
    """Two underscores become a dot, capitals small letters."""
    name = variable("geo-data.exemple.fr")
    assert name == "CKANEXT__GRANDPOITIERS__HARVEST__SECRET__GEO_DATA__EXEMPLE__FR"
    assert name.lower().replace("__", ".") == OPTION + "geo_data.exemple.fr"


@pytest.mark.parametrize(
    ("auth", "secret"), [("basic", "no-colon"), ("X-Key", "clé"), ("X-Key", "a\r\nHost: b")]
)
def test_a_secret_that_can_not_be_sent_is_told_without_being_shown(auth: str, secret: str) -> None:
    options = {option("geo-data.exemple.fr"): secret}
    with pytest.raises(ConfigError) as mistake:
        headers(auth, URL, options)
    assert secret not in str(mistake.value)
