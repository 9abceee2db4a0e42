"""The administrators' form: what is declared comes back the same, secrets have no field."""

import pytest

from ckanext.realtime import declaration, forms

DECLARED = {
    "name": "bus",
    "title": "Bus",
    "kind": "mapped",
    "dataset": {"name": "bus-en-temps-reel"},
    "address": "https://bus.exemple.fr/",
    "interval": 15,
    "credentials": [{"variable": "REALTIME_SECRET_BUS", "header": "X-Key", "prefix": "Bearer "}],
    "places": {"resource": "r", "latitude": "lat"},
    "mapping": {"table": "vehicles", "columns": {"id": "code"}},
    "time": {"reading": "local", "zone": "Europe/Paris", "shift": -360},
    "silence": [{"days": ["sunday", "holiday"], "hours": "01:00-05:30"}, "23:00-24:00"],
    "warn": ["a@exemple.fr"],
}


def test_a_feed_comes_back_from_the_form_as_it_was() -> None:
    feed = declaration.read(DECLARED)
    fields = forms.flat(declaration.write(feed))
    assert declaration.read(forms.declared(fields)) == feed


def test_a_mapping_that_is_no_yaml_is_refused_by_the_name_of_its_field() -> None:
    fields = {**forms.flat(declaration.write(declaration.read(DECLARED))), "mapping": "{a: ["}
    with pytest.raises(declaration.BadFeed) as refused:
        declaration.read(forms.declared(fields))
    assert {fault.field for fault in refused.value.faults} == {"mapping"}


def test_an_unticked_box_stops_the_feed() -> None:
    fields = {**forms.flat(declaration.write(declaration.read(DECLARED))), "active": ""}
    assert not declaration.read(forms.declared(fields)).active
