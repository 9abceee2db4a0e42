"""The queue: a référent hands over, a validator decides, nobody else sees; published whole."""

import io
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl.publishing import library, state
from ckanext.scdl.queue import store, switching
from tests.integration.scdl import publisher
from tests.integration.scdl.conftest import FIRST, SECOND, call, uploaded
from tests.integration.scdl.team import Act, on_disk, rows, token


def test_nothing_is_on_line_before_a_validator_says_so(
    act: Act, hand_over: Act, resource: dict[str, Any]
) -> None:
    one = hand_over(note="les chiffres de mars")
    assert (one["state"], one["note"]) == ("submitted", "les chiffres de mars")
    assert one["comparison"]["rows_before"] == 2
    assert one["comparison"]["rows_after"] == 3
    assert rows(resource["id"]) == [10, 20]
    done = act("val", "scdl_submission_publish", id=one["id"], seen=one["token"])
    assert done["state"] == "published", done["history"]
    assert [step["step"] for step in done["history"]] == ["submit", "publish", "published"]
    assert rows(resource["id"]) == [11, 21, 31]
    shown = call("resource_show", id=resource["id"])
    assert shown["url"].endswith("/places-2.csv")
    assert shown["datastore_active"]
    assert on_disk(resource["id"]) == SECOND
    assert [one["number"] for one in act("val", "scdl_version_list", id=resource["id"])] == [2, 1]
    assert not library.deposit_folder(one["id"]).exists()


def test_a_former_version_is_put_back_whole_and_the_history_says_it(
    act: Act, hand_over: Act, resource: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over()
    act("val", "scdl_submission_publish", id=one["id"])
    with pytest.raises(tk.ObjectNotFound):
        act("val", "scdl_version_restore", id=resource["id"], number=7)
    shown = act("val", "scdl_version_restore", id=resource["id"], number=1)
    assert shown["url"].endswith("/places.csv")
    assert (on_disk(resource["id"]), rows(resource["id"])) == (FIRST, [10, 20])
    history = act("ref", "scdl_submission_show", id=one["id"])["history"]
    assert (history[-1]["step"], history[-1]["comment"]) == ("restore", "1")
    assert [line["id"] for line in act("val", "scdl_submission_list")] == [one["id"]]
    newest = act("val", "scdl_version_list", id=resource["id"])[0]
    assert (newest["number"], newest["name"]) == (3, "places.csv")


def test_a_version_is_read_again_as_it_was_read_then(
    act: Act, resource: dict[str, Any], hand_over: Act
) -> None:
    ponds = uploaded("nom;places\nÉtang;3\nForêt;4\nPré;5\n".encode("cp1252"), "etangs.csv")
    made = act("ref", "scdl_deposit_create", upload=ponds, resource_id=resource["id"])
    for one in (act("ref", "scdl_deposit_submit", id=made["id"]), hand_over("ref2")):
        act("val", "scdl_submission_publish", id=one["id"])
    act("val", "scdl_version_restore", id=resource["id"], number=2)
    found = call("datastore_search", resource_id=resource["id"])["records"]
    assert [row["nom"] for row in found] == ["Étang", "Forêt", "Pré"]


def test_a_version_that_can_t_be_put_back_says_why_and_leaves_nothing(
    act: Act, hand_over: Act, resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over()
    act("val", "scdl_submission_publish", id=one["id"])
    with monkeypatch.context() as patched:
        patched.setattr(switching, "switch", _full)
        with pytest.raises(tk.ValidationError, match="disque"):
            act("val", "scdl_version_restore", id=resource["id"], number=1)
    assert (on_disk(resource["id"]), rows(resource["id"])) == (SECOND, [11, 21, 31])
    assert switching.tick() == {}
    assert list((library.folder() / "deposits").iterdir()) == []


def _full(*_args: Any) -> None:
    raise OSError(28, "No space left on device")


def test_a_return_needs_a_reason_and_the_referent_hands_over_again(
    act: Act, hand_over: Act
) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over()
    with pytest.raises(tk.ValidationError, match="Dites pourquoi"):
        act("val", "scdl_submission_return", id=one["id"])
    back = act("val", "scdl_submission_return", id=one["id"], comment="il manque l’Ouest")
    assert back["state"] == "returned"
    again = act("ref", "scdl_deposit_submit", id=one["id"])
    assert [step["step"] for step in again["history"]] == ["submit", "return", "submit"]
    second = hand_over(content=f"{SECOND}Ouest,41\n")
    assert act("ref", "scdl_submission_show", id=one["id"])["state"] == "superseded"
    assert act("ref", "scdl_submission_withdraw", id=second["id"])["state"] == "withdrawn"
    assert not library.deposit_folder(second["id"]).exists()


@pytest.mark.parametrize("who", ["ref2", "other", "member"])
def test_nobody_else_sees_nor_touches_a_deposit(who: str, act: Act, hand_over: Act) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over()
    more = {"comment": "non", "at": "2099-01-01T08:00", "repairs": []}
    for action in (
        *("scdl_submission_show", "scdl_submission_publish", "scdl_submission_return"),
        *("scdl_submission_schedule", "scdl_submission_approve", "scdl_submission_withdraw"),
        *("scdl_deposit_show", "scdl_deposit_update", "scdl_deposit_delete"),
        *("scdl_deposit_submit", "scdl_deposit_publish"),
    ):
        with pytest.raises(tk.NotAuthorized):
            act(who, action, id=one["id"], **more)
    assert act(who, "scdl_submission_list") == []


def test_a_referent_decides_nothing_of_their_own_deposit(act: Act, hand_over: Act) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over()
    for action in ("publish", "approve", "schedule", "return"):
        with pytest.raises(tk.NotAuthorized):
            act(
                "ref", f"scdl_submission_{action}", id=one["id"], at="2099-01-01T08:00", comment="x"
            )
    for action in ("scdl_deposit_update", "scdl_deposit_delete", "scdl_deposit_publish"):
        with pytest.raises(tk.NotAuthorized):
            act("ref", action, id=one["id"])
    with pytest.raises(tk.NotAuthorized):
        act("ref", "scdl_route_update", id=one["owner_org"], mode="direct")


def test_pages_of_a_deposit_are_for_those_it_concerns(
    team: dict[str, Any], hand_over: Act, app: Any
) -> None:
    one = hand_over(note="<b>pas de balise</b>")
    paths = [f"/queue/{one['id']}", f"/deposer/{one['id']}", f"/deposer/{one['id']}/corrige.csv"]
    for who, status in (("ref", 200), ("val", 200), ("ref2", 404), ("other", 404)):
        headers = token(team[who])
        for path in paths:
            app.get(path, headers=headers, status=status)
        if status == 200:
            page = app.get(paths[0], headers=headers)
            assert "&lt;b&gt;pas de balise" in page.body
            app.get("/depots", headers=headers, status=200)
            app.get("/queue", headers=headers, status=200)
    for path in (*paths, "/queue", "/depots", "/queue/reglages"):
        assert app.get(path, follow_redirects=False).status_code in (302, 403, 404)


def test_two_persons_validate_where_an_organisation_wants_two(
    act: Act, hand_over: Act, resource: dict[str, Any], team: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    act("val", "scdl_route_update", id=team["organisation"]["id"], mode="two")
    one = hand_over()
    with pytest.raises(tk.ValidationError, match="Une autre personne"):
        act("val", "scdl_submission_publish", id=one["id"])
    act("val", "scdl_submission_approve", id=one["id"])
    assert rows(resource["id"]) == [10, 20]
    assert act("val2", "scdl_submission_publish", id=one["id"])["state"] == "published"


def test_who_acts_on_what_is_no_longer_so_is_told(act: Act, hand_over: Act) -> None:
    import ckan.plugins.toolkit as tk

    one, other = hand_over(), hand_over("ref2", FIRST.replace("10", "12"))
    act("val", "scdl_submission_publish", id=one["id"], seen=one["token"])
    with pytest.raises(tk.ValidationError, match="entre-temps"):
        act("val2", "scdl_submission_return", id=other["id"], comment="x", seen=other["token"])
    shown = act("val2", "scdl_submission_show", id=other["id"])
    assert shown["outdated"]
    act("ref2", "scdl_submission_withdraw", id=other["id"])
    with pytest.raises(tk.ValidationError, match="retiré"):
        act("val2", "scdl_submission_publish", id=other["id"])


def test_a_date_comes_and_the_file_is_on_line(
    act: Act, hand_over: Act, resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = hand_over()
    at = datetime.now(UTC) + timedelta(hours=2)
    planned = act("val", "scdl_submission_schedule", id=one["id"], at=at.isoformat())
    assert planned["state"] == "scheduled"
    assert one["id"] not in switching.tick()
    monkeypatch.setattr(store, "now", lambda: at + timedelta(seconds=1))
    assert switching.tick()[one["id"]] == "published"
    assert rows(resource["id"]) == [11, 21, 31]


def test_a_date_is_taken_back_and_what_was_agreed_stays(
    act: Act, hand_over: Act, resource: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over()
    act("val", "scdl_submission_schedule", id=one["id"], at="2099-01-01T08:00")
    back = act("val", "scdl_submission_unschedule", id=one["id"])
    assert (back["state"], back["publish_at"], len(back["approvals"])) == ("submitted", None, 1)
    assert back["history"][-1]["step"] == "unschedule"
    with pytest.raises(tk.ValidationError, match="Aucune date"):
        act("val", "scdl_submission_unschedule", id=one["id"])
    assert act("val", "scdl_submission_publish", id=one["id"])["state"] == "published"


def test_a_sender_corrects_the_note_and_whoever_read_the_former_one_is_told(
    act: Act, hand_over: Act
) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over(note="mars")
    fixed = act("ref", "scdl_submission_note", id=one["id"], note="avril")
    assert (fixed["note"], fixed["history"][-1]["comment"]) == ("avril", "avril")
    with pytest.raises(tk.ValidationError, match="entre-temps"):
        act("val", "scdl_submission_publish", id=one["id"], seen=one["token"])
    with pytest.raises(tk.NotAuthorized):
        act("val", "scdl_submission_note", id=one["id"], note="x")
    act("val", "scdl_submission_publish", id=one["id"], seen=fixed["token"])
    with pytest.raises(tk.ValidationError, match="publié"):
        act("ref", "scdl_submission_note", id=one["id"], note="trop tard")


def test_several_deposits_are_agreed_to_or_given_a_date_at_once(
    act: Act, hand_over: Act, team: dict[str, Any], app: Any
) -> None:
    act("val", "scdl_route_update", id=team["organisation"]["id"], mode="two")
    both = [hand_over(), hand_over("ref2")]
    chosen = [f"{one['id']}|{one['token']}" for one in both]
    page = app.get("/queue", headers=token(team["val"])).body
    assert 'value="approve"' in page
    where = f"/queue?organization={team['organisation']['name']}"
    app.post(where, headers=token(team["val"]), data={"step": "approve", "chosen": chosen})
    shown = [act("val", "scdl_submission_show", id=one["id"]) for one in both]
    assert [len(one["approvals"]) for one in shown] == [1, 1]
    chosen = [f"{one['id']}|{one['token']}" for one in shown]
    said = {"step": "schedule", "chosen": chosen, "day": "2099-01-01", "hour": "09:00"}
    done = app.post(where, headers=token(team["val2"]), data=said)
    assert team["organisation"]["name"] in done.request.url
    shown = [act("val", "scdl_submission_show", id=one["id"]) for one in both]
    assert [one["publish_at"][:10] for one in shown] == ["2099-01-01"] * 2


def test_a_page_of_the_queue_that_is_not_there_is_empty(
    act: Act, hand_over: Act, team: dict[str, Any], app: Any
) -> None:
    hand_over()
    for page in ("9" * 30, "-1", "x"):
        app.get(f"/queue?page={page}", headers=token(team["val"]), status=200)
    assert act("val", "scdl_submission_list", offset="9" * 30, limit="9" * 30) == []


def test_a_sender_reads_whose_decision_is_awaited(
    act: Act, hand_over: Act, team: dict[str, Any], app: Any
) -> None:
    one = hand_over()
    page = app.get(f"/queue/{one['id']}", headers=token(team["ref"])).body
    for who in ("val", "val2"):
        assert team[who]["fullname"] in page
    act("val", "scdl_submission_publish", id=one["id"])
    page = app.get(f"/deposer/{one['id']}", headers=token(team["val"]), status=200)
    assert "Le voir en ligne" in page.body
    app.get(f"/deposer/{one['id']}", headers=token(team["other"]), status=404)


def test_several_files_are_brought_at_once_each_a_deposit(
    act: Act, team: dict[str, Any], app: Any
) -> None:
    files = [(io.BytesIO(FIRST.encode()), "nord.csv"), (io.BytesIO(SECOND.encode()), "sud.csv")]
    said = {"owner_org": team["organisation"]["id"], "schema": "other", "upload": files}
    page = app.post("/deposer", headers=token(team["ref"]), data=said,
                    content_type="multipart/form-data")  # fmt: skip
    assert "2 fichiers sont apportés" in page.body
    names = [one["name"] for one in state.deposits_of(team["ref"]["id"])]
    assert sorted(names) == ["nord.csv", "sud.csv"]


def test_a_new_file_becomes_a_dataset(act: Act, team: dict[str, Any]) -> None:
    made = act(
        "ref",
        "scdl_deposit_create",
        upload=uploaded(FIRST.encode(), "parcs.csv"),
        owner_org=team["organisation"]["id"],
    )
    one = act("ref", "scdl_deposit_submit", id=made["id"], title="Parcs et jardins")
    assert (one["package_id"], one["package_title"]) == ("", "Parcs et jardins")
    done = act("val", "scdl_submission_publish", id=one["id"])
    assert done["state"] == "published", done["history"]
    found = call("package_search", fq=f"id:{done['package_id']}")["results"]
    assert found[0]["title"] == "Parcs et jardins"
    assert rows(done["resource_id"]) == [10, 20]


def test_harvested_datasets_and_feeds_have_no_queue(
    act: Act, resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import ckan.plugins.toolkit as tk

    file = {"upload": uploaded(SECOND.encode(), "b.csv")}
    call("resource_patch", id=resource["id"], url_type="datastore")
    with pytest.raises(tk.ValidationError, match="temps réel"):
        act("ref", "scdl_deposit_create", resource_id=resource["id"], **file)


def test_what_changes_meanwhile_stops_a_publication_and_says_why(
    act: Act, hand_over: Act, resource: dict[str, Any]
) -> None:
    from ckan.tests import factories

    one = hand_over()
    (library.deposit_folder(one["id"]) / "published").write_text("autre chose")
    done = act("val", "scdl_submission_publish", id=one["id"])
    assert done["state"] == "submitted"
    assert "n’est pas celui qui a été remis" in done["history"][-1]["comment"]

    two = hand_over("ref2")
    call("package_patch", id=resource["package_id"], owner_org=factories.Organization()["id"])
    done = act("val", "scdl_submission_publish", id=two["id"])
    assert "autre organisation" in done["history"][-1]["comment"]
    call("package_delete", id=resource["package_id"])
    done = act("val", "scdl_submission_publish", id=two["id"])
    assert "supprimé entre-temps" in done["history"][-1]["comment"]


def test_a_full_disk_leaves_the_version_on_line(
    act: Act, hand_over: Act, resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = hand_over()
    with monkeypatch.context() as patched:
        patched.setattr(library, "keep", _full)
        done = act("val", "scdl_submission_publish", id=one["id"])
    assert done["state"] == "submitted"
    assert "disque" in done["history"][-1]["comment"]
    assert (rows(resource["id"]), on_disk(resource["id"])) == ([10, 20], FIRST)
    assert act("val", "scdl_submission_publish", id=one["id"])["state"] == "published"


@pytest.mark.parametrize("moment", publisher.MOMENTS)
def test_killed_in_the_middle_it_is_carried_on_whole(
    moment: str,
    act: Act,
    hand_over: Act,
    resource: dict[str, Any],
    ckan_config: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:
    one = hand_over()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(switching, "carry_on", lambda _id: None)
        decided = act("val", "scdl_submission_publish", id=one["id"])
    assert decided["state"] == "publishing"
    assert publisher.run(publisher.settings(ckan_config, request), moment) == -signal.SIGKILL
    assert rows(resource["id"]) in ([10, 20], [11, 21, 31])
    assert on_disk(resource["id"]) in (FIRST, SECOND)
    switching.tick()
    done = act("val", "scdl_submission_show", id=one["id"])
    assert done["state"] == "published", done["history"]
    assert (rows(resource["id"]), on_disk(resource["id"])) == ([11, 21, 31], SECOND)
    assert [one["number"] for one in act("val", "scdl_version_list", id=resource["id"])] == [2, 1]
    assert state.deposit(one["id"]) is None


@pytest.mark.parametrize("moment", ["file", "rows"])
def test_killed_while_a_version_is_put_back_it_is_carried_on_whole(
    moment: str,
    act: Act,
    hand_over: Act,
    resource: dict[str, Any],
    ckan_config: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:
    one = hand_over()
    act("val", "scdl_submission_publish", id=one["id"])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(switching, "carry_on", lambda _id: None)
        act("val", "scdl_version_restore", id=resource["id"], number=1)
    assert publisher.run(publisher.settings(ckan_config, request), moment) == -signal.SIGKILL
    assert rows(resource["id"]) in ([10, 20], [11, 21, 31])
    assert on_disk(resource["id"]) in (FIRST, SECOND)
    switching.tick()
    assert (rows(resource["id"]), on_disk(resource["id"])) == ([10, 20], FIRST)
    numbers = [one["number"] for one in act("val", "scdl_version_list", id=resource["id"])]
    assert numbers == [3, 2, 1]
    steps = act("val", "scdl_submission_show", id=one["id"])["history"]
    assert [step["step"] for step in steps].count("restore") == 1
    assert switching.tick() == {}


def test_two_at_once_publish_once(act: Act, hand_over: Act, resource: dict[str, Any]) -> None:
    from ckanext.scdl.queue import locks

    one = hand_over()
    with locks.held(resource["id"]) as mine:
        assert mine
        assert act("val", "scdl_submission_publish", id=one["id"])["state"] == "publishing"
    assert switching.tick() == {one["id"]: "published"}
    assert switching.tick() == {}


def _torn(found: dict[str, Any]) -> list[str]:
    """The count of one version with the rows of the other."""
    first = found["records"][0]["nom"]
    both = first.startswith("Parc") is not (found["total"] == 100_000)
    return [f"{first} of {found['total']} rows"] if both else []


def test_who_reads_all_along_finds_the_former_rows_or_the_new_ones(
    act: Act, hand_over: Act, resource: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """100,000 rows; the time of the exchange is printed (`-s` shows it)."""
    import ckan.plugins.toolkit as tk
    from flask import current_app

    many = "nom,places\n" + "".join(f"Parc {i},{i}\n" for i in range(100_000))
    one = hand_over(content=many)
    seen: list[tuple[int, int]] = []
    slowest = [0.0]
    failed: list[str] = []
    stop = threading.Event()
    flask: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  (werkzeug’s own way)

    def read() -> None:
        from ckan import model

        with flask.test_request_context():
            while not stop.is_set():
                begun = time.perf_counter()
                try:
                    found = tk.get_action("datastore_search")(
                        {"ignore_auth": True}, {"resource_id": resource["id"], "limit": 1}
                    )
                    seen.append((found["total"], on_disk(resource["id"]).count("\n") - 1))
                    failed.extend(_torn(found))
                except Exception as error:  # noqa: BLE001  (any is a failure)
                    failed.append(repr(error))
                slowest[0] = max(slowest[0], time.perf_counter() - begun)
            model.Session.remove()

    reader = threading.Thread(target=read)
    took: list[float] = []

    def timed(*args: Any) -> None:
        begun = time.perf_counter()
        original(*args)
        took.append(time.perf_counter() - begun)

    original = switching.switch
    act("val", "scdl_submission_publish", id=one["id"])
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(switching, "switch", timed)
    reader.start()
    try:
        begun = time.perf_counter()
        switching.tick()
        whole = time.perf_counter() - begun
    finally:
        monkeypatch.undo()
        time.sleep(0.2)
        stop.set()
        reader.join()
    assert not failed, failed[:3]
    assert {total for total, _ in seen} == {2, 100_000}
    assert {lines for _, lines in seen} == {2, 100_000}
    with capsys.disabled():
        sys.stdout.write(f"\nexchange={took[0]:.3f} publication={whole:.1f} reads={len(seen)}")
        sys.stdout.write(f" slowest_read={slowest[0]:.3f}\n")


def test_a_dropped_file_finds_its_dataset_by_the_rules(
    act: Act, resource: dict[str, Any], ckan_config: dict[str, Any], tmp_path: Path
) -> None:
    import ckan.plugins.toolkit as tk

    rules = tmp_path / "drop.yaml"
    rules.write_text(f"rules:\n  - file: places*.csv\n    resource: {resource['id']}\n")
    ckan_config["ckanext.scdl.drop_rules"] = str(rules)
    try:
        one = act("ref", "scdl_deposit_drop", upload=uploaded(SECOND.encode(), "Places-mars.csv"))
        with pytest.raises(tk.ValidationError, match="Aucune règle"):
            act("ref", "scdl_deposit_drop", upload=uploaded(SECOND.encode(), "autre.csv"))
    finally:
        ckan_config["ckanext.scdl.drop_rules"] = ""
    assert (one["state"], one["resource_id"]) == ("submitted", resource["id"])
    assert rows(resource["id"]) == [10, 20]


def test_a_member_in_charge_of_a_dataset_deposits_for_it_and_for_no_other(
    act: Act, resource: dict[str, Any], team: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    file = {"upload": uploaded(SECOND.encode(), "b.csv"), "dataset": resource["package_id"]}
    with pytest.raises(tk.NotAuthorized):
        act("member", "grandpoitiers_deposit", **file)
    member = team["member"]["name"]
    act("val", "grandpoitiers_plan_update", id=resource["package_id"], stand_in=member)
    file["upload"] = uploaded(SECOND.encode(), "b.csv")
    one = act("member", "grandpoitiers_deposit", **file)
    assert one["state"] == "submitted"
    assert [line["id"] for line in act("member", "scdl_submission_list")] == [one["id"]]


def test_a_dropped_file_is_judged_by_the_schema_of_the_one_it_replaces(
    act: Act, resource: dict[str, Any]
) -> None:
    from ckan import model

    state.put_file(resource["id"], schema="etalab/schema-irve-statique")
    model.Session.commit()
    said = {"resource_id": resource["id"]}
    one = act("ref", "scdl_deposit_drop", upload=uploaded(SECOND.encode(), "b.csv"), **said)
    assert _schema_of(one).startswith("etalab/schema-irve-statique")
    said["schema"] = ""
    two = act("ref", "scdl_deposit_drop", upload=uploaded(SECOND.encode(), "b.csv"), **said)
    assert _schema_of(two) == ""


def _schema_of(deposit: dict[str, Any]) -> str:
    kept = state.deposit(deposit["id"])
    assert kept is not None
    return kept["schema"]


def test_rows_added_removed_and_changed_are_counted(hand_over: Act) -> None:
    rows_of = hand_over()["comparison"]["rows"]
    assert (rows_of["added"], rows_of["removed"], rows_of["changed"]) == (1, 0, 2)
    assert rows_of["key"] == "nom"
    assert rows_of["samples"][0] == {
        "row": "Nord", "column": "places", "before": "10", "after": "11",
    }  # fmt: skip
    alike = hand_over("ref2", "nom,places\nNord,10\nNord,10\nSud,20\n")["comparison"]["rows"]
    assert (alike["added"], alike["removed"], alike["changed"]) == (1, 0, None)


def test_a_figure_out_of_proportion_is_pointed_at(hand_over: Act) -> None:
    one = hand_over(content="nom,places\nNord,1000\nSud,2100\n")
    (odd,) = one["comparison"]["out_of_proportion"]
    assert (odd["name"], odd["what"], odd["before"], odd["after"]) == (
        "places", "mean", 15.0, 1550.0,
    )  # fmt: skip
