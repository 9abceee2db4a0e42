"""Files sent by CKAN's own form and API in the place of others: seen before they are accepted."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup

from ckanext.scdl.publishing import following, library, loading, state, waiting
from tests.integration.scdl.conftest import call, uploaded
from tests.unit.scdl.files_made import workbook

FIRST = "Commune;Habitants;Code\nA;1;x\nB;2;y\nC;3;z\n"
LESS = "Commune;Habitants;Surface\nA;beaucoup;3\n"
MORE = "Commune;Habitants;Code\nA;1;x\nB;2;y\nC;3;z\nD;4;w\n"


@pytest.fixture
def editor(in_request: None) -> dict[str, Any]:
    """An editor of an organisation that publishes by itself."""
    from ckan.tests import factories

    user = factories.UserWithToken()
    organisation = factories.Organization(users=[{"name": user["name"], "capacity": "editor"}])
    return {**user, "organisation": organisation}


@pytest.fixture
def act(editor: dict[str, Any]) -> Callable[..., Any]:
    """An action by her, with her own rights."""
    from ckan import model

    def run(action: str, **data: Any) -> Any:
        user = model.User.get(editor["name"])
        context: Any = {"user": user.name, "auth_user_obj": user, "ignore_auth": False}
        return tk.get_action(action)(context, data)

    return run


@pytest.fixture
def resource(act: Any, editor: dict[str, Any]) -> dict[str, Any]:
    """A table on line."""
    from ckan.tests import factories

    package = factories.Dataset(owner_org=editor["organisation"]["id"])
    made = act(
        "resource_create",
        package_id=package["id"],
        name="Communes",
        upload=uploaded(FIRST.encode(), "communes.csv"),
        url="communes.csv",
    )
    following.load_package(package["id"])
    return call("resource_show", id=made["id"])


def rows(resource: dict[str, Any]) -> list[Any]:
    found = call("datastore_search", resource_id=resource["id"])["records"]
    return [one["Commune"] for one in found]


def replace(act: Any, resource: dict[str, Any], content: str | bytes, **more: Any) -> None:
    data = content.encode() if isinstance(content, str) else content
    upload = uploaded(data, "communes.csv")
    act("resource_patch", id=resource["id"], upload=upload, url="communes.csv", **more)
    following.load_package(resource["package_id"])


def refused(act: Any, resource: dict[str, Any], content: str | bytes) -> str:
    """The sentence that the sender reads."""
    with pytest.raises(tk.ValidationError) as error:
        replace(act, resource, content)
    return str(error.value.error_dict["upload"][0])


def test_what_changes_nothing_of_the_columns_goes_on_line(
    act: Any, resource: dict[str, Any]
) -> None:
    replace(act, resource, MORE)
    assert rows(resource) == ["A", "B", "C", "D"]


def test_what_takes_columns_away_waits_and_is_accepted(act: Any, resource: dict[str, Any]) -> None:
    said = refused(act, resource, LESS)
    for part in ("Code", "Surface", "Habitants", "3 ", "1 "):
        assert part in said
    assert rows(resource) == ["A", "B", "C"]
    assert call("resource_show", id=resource["id"])["last_modified"] == resource["last_modified"]
    deposit_id = said.rpartition("/")[2]
    change = act("scdl_deposit_show", id=deposit_id)["comparison"]
    assert (change["lost"], change["added"], change["shrunk"]) == (["Code"], ["Surface"], True)
    act("scdl_deposit_publish", id=deposit_id)
    assert rows(resource) == ["A"]
    again = call("resource_show", id=resource["id"])
    assert (again["id"], again["url"]) == (resource["id"], resource["url"])
    assert [one["number"] for one in state.versions_of(resource["id"])] == [2, 1]


def test_a_version_that_is_put_back_has_its_types_again(act: Any, resource: dict[str, Any]) -> None:
    def types() -> dict[str, str]:
        fields = call("scdl_dictionary_show", id=resource["id"])["fields"]
        return {one["name"]: one["type"] for one in fields}

    replace(act, resource, LESS, accept_changes=True)
    assert types()["Habitants"] == "string"
    act("scdl_version_restore", id=resource["id"], number=1)
    assert types() == {"Commune": "string", "Habitants": "integer", "Code": "string"}


def test_the_words_said_of_columns_are_there_for_the_next_file(
    act: Any, resource: dict[str, Any]
) -> None:
    words = [{"name": "Habitants", "title": "Population", "unit": "habitants"}]
    act("scdl_dictionary_update", id=resource["id"], fields=words)
    sent = uploaded(MORE.encode(), "communes.csv")
    made = act("scdl_deposit_create", upload=sent, resource_id=resource["id"])
    found = {one["id"]: (one["label"], one["unit"]) for one in made["words"]}
    assert (found["Habitants"], found["Code"]) == (("Population", "habitants"), ("", ""))
    act("scdl_deposit_publish", id=made["id"])
    fields = call("scdl_dictionary_show", id=resource["id"])["fields"]
    assert fields[1]["title"] == "Population"


def test_a_workbook_that_is_accepted_stays_a_workbook(
    act: Any, resource: dict[str, Any], tmp_path: Path
) -> None:
    rows_of = {"Communes": [["Commune", "Habitants"], ["A", 1], ["B", 2], ["C", 3]]}
    content = workbook(tmp_path / "communes.xlsx", rows_of).read_bytes()
    with pytest.raises(tk.ValidationError, match="Code") as error:
        act("resource_patch", id=resource["id"], upload=uploaded(content, "c.xlsx"), url="c.xlsx")
    deposit_id = str(error.value.error_dict["upload"][0]).rpartition("/")[2]
    published = act("scdl_deposit_publish", id=deposit_id)
    assert (published["id"], published["url"].endswith("/c.xlsx")) == (resource["id"], True)
    assert rows(resource) == ["A", "B", "C"]
    assert (library.version_folder(resource["id"], 2) / "published").read_bytes() == content


def test_what_is_refused_is_erased(act: Any, resource: dict[str, Any]) -> None:
    deposit_id = refused(act, resource, LESS).rpartition("/")[2]
    assert library.deposit_folder(deposit_id).is_dir()
    act("scdl_deposit_delete", id=deposit_id)
    assert not library.deposit_folder(deposit_id).exists()
    assert rows(resource) == ["A", "B", "C"]


def test_a_program_that_sends_it_every_night_leaves_one_waiting(
    act: Any, resource: dict[str, Any], editor: dict[str, Any]
) -> None:
    first = refused(act, resource, LESS).rpartition("/")[2]
    second = refused(act, resource, LESS + "B;1;2\n").rpartition("/")[2]
    found = waiting.seen_by(editor["name"], [resource["id"]])
    assert [(one["id"], one["comparison"]["rows_after"]) for one in found] == [(second, 2)]
    assert not library.deposit_folder(first).exists()


@pytest.mark.parametrize("new", [False, True])
def test_where_errors_are_refused_one_waits_too(
    act: Any, resource: dict[str, Any], editor: dict[str, Any], ckan_config: Any, new: bool
) -> None:
    ckan_config["ckanext.scdl.policy"] = ["*=block"]
    place = {"package_id": resource["package_id"]} if new else {"id": resource["id"]}
    by_hand = act(
        "scdl_deposit_create",
        upload=uploaded(LESS.encode(), "prenoms.csv"),
        **({"owner_org": editor["organisation"]["id"]} if new else {"resource_id": resource["id"]}),
    )

    def send(name: str = "prenoms.csv") -> str:
        with pytest.raises(tk.ValidationError) as error:
            act(
                "resource_create" if new else "resource_patch",
                upload=uploaded(b"COMMUNE_NOM;COLL_INSEE\nPoitiers;x\n", name),
                url=name,
                conforms_to="https://schema.data.gouv.fr/scdl/prenoms/latest.html",
                **place,
            )
        return str(error.value.error_dict["upload"][0]).rpartition("/")[2]

    first, second, third = send(), send(), send("autres.csv")
    assert not library.deposit_folder(first).exists()
    # What is dropped on our page is somebody's work, and another name is another file.
    left = {one["id"] for one in state.deposits_of(editor["id"])}
    assert left == ({by_hand["id"], second, third} if new else {by_hand["id"], third})


def test_a_file_that_lost_most_of_its_rows_waits(act: Any, resource: dict[str, Any]) -> None:
    assert "/deposer/" in refused(act, resource, "Commune;Habitants;Code\nA;1;x\n")


def test_what_makes_no_table_takes_no_table_s_place(act: Any, resource: dict[str, Any]) -> None:
    assert "PDF" in refused(act, resource, b"%PDF-1.7 ...")
    assert rows(resource) == ["A", "B", "C"]
    replace(act, resource, b"%PDF-1.7 ...", accept_changes=True)
    assert not call("resource_show", id=resource["id"])["datastore_active"]


@pytest.mark.parametrize("way", ["parameter", "organisation", "portal"])
def test_a_program_that_knows_what_it_does_publishes_at_once(
    act: Any, resource: dict[str, Any], editor: dict[str, Any], ckan_config: Any, way: str
) -> None:
    name = editor["organisation"]["name"]
    options = {"organisation": ["*=ask", f"@{name}=accept"], "portal": ["*=accept"]}
    if way in options:
        ckan_config["ckanext.scdl.replacements"] = options[way]
    replace(act, resource, LESS, **({"accept_changes": "true"} if way == "parameter" else {}))
    assert rows(resource) == ["A"]
    assert "accept_changes" not in call("resource_show", id=resource["id"])


def test_the_whole_dataset_written_again_is_compared_too(
    act: Any, resource: dict[str, Any]
) -> None:
    package = act("package_show", id=resource["package_id"])
    package["resources"][0]["upload"] = uploaded(LESS.encode(), "communes.csv")
    with pytest.raises(tk.ValidationError, match="/deposer/"):
        act("package_update", **package)
    assert rows(resource) == ["A", "B", "C"]


def test_the_comparison_can_be_asked_for_without_sending_anything_for_good(
    act: Any, resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ckanext.scdl.publishing import sources

    sent = uploaded(LESS.encode(), "x.csv")
    found = act("scdl_replacement_compare", id=resource["id"], upload=sent)
    assert (found["waits"], found["comparison"]["lost"]) == (True, ["Code"])
    monkeypatch.setattr(sources, "fetch", lambda _url, target: target.write_text(MORE))
    found = act("scdl_replacement_compare", id=resource["id"], url="https://ville.example/x.csv")
    assert (found["waits"], found["comparison"]["rows_after"]) == (False, 4)
    assert rows(resource) == ["A", "B", "C"]


def test_the_api_says_how_to_go_on_and_the_page_asks(
    app: Any, resource: dict[str, Any], editor: dict[str, Any]
) -> None:
    headers = {"Authorization": editor["token"]}
    answer = app.post(
        "/api/3/action/resource_patch",
        data={"id": resource["id"], "upload": (io.BytesIO(LESS.encode()), "communes.csv")},
        extra_environ=headers,
        headers=headers,
        content_type="multipart/form-data",
    )
    assert answer.status_code == 409
    error = answer.json["error"]
    assert "accept_changes=true" in error["accept_changes"][0]
    path = f"/dataset/{resource['package_id']}/resource/{resource['id']}"
    page = BeautifulSoup(app.get(path, headers=headers).body, "html.parser")
    (card,) = page.select(".file-waiting")
    assert "Code" in card.get_text()
    form = card.select_one("form")
    assert form["action"].endswith(f"/deposer/{error['deposit'][0]}")
    assert not BeautifulSoup(app.get(path).body, "html.parser").select(".file-waiting")
    app.post(form["action"], data={"step": "publish"}, headers=headers)
    assert rows(resource) == ["A"]


@pytest.mark.parametrize("step", ["publish", "delete"])
def test_those_who_validate_see_it_where_they_look_and_decide(
    app: Any,
    act: Any,
    resource: dict[str, Any],
    editor: dict[str, Any],
    ckan_config: Any,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    from ckan.tests import factories

    from ckanext.scdl.queue import letters

    ckan_config["smtp.mail_from"] = "portail@ville.example"
    letters_sent: list[tuple[str, str]] = []
    monkeypatch.setattr(
        letters.mailer, "mail_user", lambda to, subject, body: letters_sent.append((to.id, body))
    )
    deposit_id = refused(act, resource, LESS).rpartition("/")[2]
    admin, colleague = factories.UserWithToken(), factories.UserWithToken()
    for person, capacity in ((admin, "admin"), (colleague, "editor")):
        member = {"object": person["id"], "object_type": "user", "capacity": capacity}
        call("member_create", id=editor["organisation"]["id"], **member)
    page = f"/dataset/{resource['package_id']}"
    file = f"{page}/resource/{resource['id']}"

    def seen(path: str, person: dict[str, Any]) -> bool:
        answer = app.get(path, headers={"Authorization": person["token"]})
        return answer.status_code == 200 and "attend votre décision" in answer.body

    for path in (page, file):
        assert (seen(path, admin), seen(path, colleague)) == (True, False)
    headers = {"Authorization": admin["token"]}
    assert "(1)" in app.get("/depots", headers=headers).body
    queue = BeautifulSoup(app.get("/queue", headers=headers).body, "html.parser")
    assert resource["id"] in queue.select_one("#replacements ~ ul a")["href"]
    there = f"/deposer/{deposit_id}"
    assert editor["display_name"] in app.get(there, headers=headers).body
    other = {"Authorization": colleague["token"]}
    assert app.get(there, headers=other).status_code == 404
    assert app.post(there, data={"step": step}, headers=other).status_code == 404
    app.post(there, data={"step": step}, headers=headers)
    assert rows(resource) == (["A"] if step == "publish" else ["A", "B", "C"])
    assert not library.deposit_folder(deposit_id).exists()
    assert [one for one, _ in letters_sent] == [editor["id"]]
    assert "#replacements" not in app.get("/queue", headers=headers).body


def test_ckan_s_form_leads_to_the_comparison(
    app: Any, resource: dict[str, Any], editor: dict[str, Any]
) -> None:
    headers = {"Authorization": editor["token"]}
    path = f"/dataset/{resource['package_id']}/resource/{resource['id']}/edit"
    data = {"save": "go", "name": "Communes", "url": "communes.csv", "id": resource["id"]}
    sent = {"upload": (io.BytesIO(LESS.encode()), "communes.csv"), "url_type": "upload"}
    answer = app.post(
        path, data={**data, **sent}, headers=headers, content_type="multipart/form-data"
    )
    page = BeautifulSoup(answer.body, "html.parser")
    card = page.select_one(".file-waiting")
    assert "/deposer/" in card.select_one("a")["href"]
    assert rows(resource) == ["A", "B", "C"]
    sent["upload"] = (io.BytesIO(LESS.encode()), "communes.csv")
    app.post(
        path,
        data={**data, **sent, card.select_one("input")["name"]: "true"},
        headers=headers,
        content_type="multipart/form-data",
        follow_redirects=False,
    )
    following.load_package(resource["package_id"])
    assert rows(resource) == ["A"]


def test_an_address_that_gives_less_keeps_the_table_until_somebody_accepts(
    app: Any, editor: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ckan.tests import factories

    from ckanext.scdl.publishing import sources

    contents = [FIRST, LESS, LESS]

    def fetched(url: str, target: Any, limit: int | None = None) -> None:
        target.write_text(contents.pop(0))

    monkeypatch.setattr(sources, "fetch", fetched)
    package = factories.Dataset(owner_org=editor["organisation"]["id"])
    resource = call(
        "resource_create", package_id=package["id"], url="https://v.example/a.csv", format="CSV"
    )
    following.load_package(package["id"])
    assert loading.load_resource(resource["id"], again=True) == "failed"
    assert rows(resource) == ["A", "B", "C"]
    found = call("scdl_file_show", id=resource["id"])
    assert found["comparison"]["lost"] == ["Code"]
    headers = {"Authorization": editor["token"]}
    path = f"/dataset/{package['name']}/resource/{resource['id']}"
    (held,) = waiting.listed([package["owner_org"]])
    assert (held["package"], held["sender"]) == (package["name"], "")
    dataset = BeautifulSoup(
        app.get(f"/dataset/{package['name']}", headers=headers).body, "html.parser"
    )
    assert resource["id"] in dataset.select_one(".file-waiting a")["href"]
    page = BeautifulSoup(app.get(path, headers=headers).body, "html.parser")
    form = page.select_one(".file-waiting form")
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(following, "enqueue_resource", lambda _id, **how: asked.append(how))
    app.post(form["action"], data={"accept_changes": "true"}, headers=headers)
    assert asked == [{"again": True, "accepted": True}]
    assert loading.load_resource(resource["id"], **asked[0]) == "loaded"
    assert rows(resource) == ["A"]


def test_an_address_that_gives_a_page_takes_no_table_with_it(
    app: Any, editor: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ckan.tests import factories

    from ckanext.scdl.publishing import sources

    contents = [FIRST, "<!doctype html><title>Maintenance</title>", FIRST, "", ""]

    def fetched(url: str, target: Any, limit: int | None = None) -> None:
        target.write_text(contents.pop(0))

    monkeypatch.setattr(sources, "fetch", fetched)
    package = factories.Dataset(owner_org=editor["organisation"]["id"])
    resource = call(
        "resource_create", package_id=package["id"], url="https://v.example/a.csv", format="CSV"
    )
    following.load_package(package["id"])
    again = {"again": True}
    assert loading.load_resource(resource["id"], **again) == "failed"
    assert rows(resource) == ["A", "B", "C"]
    path = f"/dataset/{package['name']}/resource/{resource['id']}"
    assert "page web" in app.get(path).body
    headers = {"Authorization": editor["token"]}
    page = BeautifulSoup(app.get(path, headers=headers).body, "html.parser")
    assert page.select_one(".file-panel input[name=accept_changes]")
    assert loading.load_resource(resource["id"], **again) == "loaded"
    assert loading.load_resource(resource["id"], **again) == "failed"
    assert loading.load_resource(resource["id"], **again, accepted=True) == "refused"
    assert not call("resource_show", id=resource["id"])["datastore_active"]


def test_letters_and_separators_are_found_again(act: Any, resource: dict[str, Any]) -> None:
    cells = "Commune,Habitants,Code\nBéruges,1,é\nB,2,y\nC,3,z\n"
    replace(act, resource, cells.encode("cp1252"))
    assert rows(resource) == ["Béruges", "B", "C"]
    known = state.file_of(resource["id"]) or {}
    assert (known["choices"]["encoding"], known["choices"]["separator"]) == ("cp1252", ",")


def test_what_a_person_chose_that_no_longer_fits_is_said(
    act: Any, resource: dict[str, Any]
) -> None:
    act("scdl_file_load", id=resource["id"], encoding="utf-8", separator=";")
    replace(act, resource, "Commune;Habitants;Code\nBéruges;1;é\nB;2;y\n".encode("cp1252"))
    assert rows(resource) == ["Béruges", "B"]
    found = call("scdl_file_show", id=resource["id"])
    assert any("utf-8" in note for note in found["notes"])
    assert "chosen" not in found["choices"]
