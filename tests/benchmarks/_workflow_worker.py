"""The process that fills the portal for `workflow.py`: `DATASETS PEOPLE DEPOSITS`.

Its last line is JSON: `{"sysadmin", "administrator", "referent"}`, a token for each.
"""

import json
import os
import sys
from typing import Any

import sqlalchemy as sa

SERVICES = 27
"""Organisations that the datasets are shared out among: Grand Poitiers had 27 référents."""
FREQUENCIES = ("MONTHLY", "QUARTERLY", "ANNUAL", "ANNUAL_2", "WEEKLY", "")
AUTHORITY = "http://publications.europa.eu/resource/authority/frequency/"

PEOPLE = """
INSERT INTO "user" (id, name, fullname, email, state, sysadmin, created, activity_streams_email_notifications)
SELECT gen_random_uuid()::text, 'personne-' || n, 'Personne ' || n, 'personne-' || n || '@ville.example',
       'active', false, now(), false
FROM generate_series(1, :people) n
"""  # noqa: E501
MEMBERS = """
INSERT INTO member (id, table_name, table_id, capacity, group_id, state)
SELECT gen_random_uuid()::text, 'user', u.id,
       CASE WHEN u.n <= :services THEN 'admin' ELSE 'editor' END, g.id, 'active'
FROM (SELECT id, row_number() OVER (ORDER BY name) n FROM "user" WHERE name LIKE 'personne-%') u
JOIN (SELECT id, row_number() OVER (ORDER BY name) n FROM "group" WHERE is_organization) g
  ON g.n = 1 + u.n % :services
"""
DATASETS = """
INSERT INTO package (id, name, title, notes, type, state, private, owner_org, creator_user_id,
                     metadata_created, metadata_modified, extras)
SELECT gen_random_uuid()::text, 'jeu-' || i, 'Jeu de données ' || i, 'Notes', 'dataset', 'active',
       i % 10 = 0, g.id, :creator, now() - interval '3 years', now(),
       CASE WHEN f.code = '' THEN '{}'::jsonb
            ELSE jsonb_build_object('frequency', :authority || f.code) END
FROM generate_series(1, :datasets) i
JOIN (SELECT id, row_number() OVER (ORDER BY name) n FROM "group" WHERE is_organization) g
  ON g.n = 1 + i % :services
JOIN (SELECT code, row_number() OVER () n FROM unnest(:frequencies) code) f
  ON f.n = 1 + i % :kinds
"""
FILES = """
INSERT INTO resource (id, package_id, url, format, name, position, state, created, last_modified,
                      metadata_modified, extras, description, url_type)
SELECT gen_random_uuid()::text, p.id, 'fichier.csv', 'CSV', 'Fichier ' || k, k, 'active',
       now() - interval '2 years', now() - (random() * 500) * interval '1 day', now(), '{}', '',
       'upload'
FROM package p, generate_series(0, 1) k WHERE p.name LIKE 'jeu-%'
"""
PLANS = """
INSERT INTO grandpoitiers_plan (package_id, referent, stand_in)
SELECT p.id, u.id, CASE WHEN p.n % 3 = 0 THEN u.id ELSE '' END
FROM (SELECT id, owner_org, row_number() OVER (PARTITION BY owner_org ORDER BY name) n
      FROM package WHERE name LIKE 'jeu-%') p
JOIN (SELECT table_id id, group_id, row_number() OVER (PARTITION BY group_id ORDER BY id) n,
             count(*) OVER (PARTITION BY group_id) every
      FROM member WHERE table_name = 'user' AND state = 'active' AND capacity = 'editor') u
  ON u.group_id = p.owner_org AND u.n = 1 + p.n % u.every
"""
DEPOSITS = """
INSERT INTO scdl_submission (id, user_id, owner_org, package_id, resource_id, replaces, name, state,
                             verdict, rows, created, changed)
SELECT gen_random_uuid()::text, coalesce(nullif(d.referent, ''), ''), p.owner_org, p.id, r.id, true,
       'fichier.csv', 'submitted', 'valid', 1000, now() - random() * interval '30 days', now()
FROM package p JOIN grandpoitiers_plan d ON d.package_id = p.id
JOIN resource r ON r.package_id = p.id AND r.position = 0
WHERE p.name LIKE 'jeu-%' ORDER BY p.name LIMIT :deposits
"""


def fill(datasets: int, people: int, deposits: int) -> dict[str, str]:
    """Everything but the organisations by SQL; a token for one person in each role."""
    import ckan.plugins.toolkit as tk
    from ckan import model

    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]

    def context() -> Any:
        return {"user": site, "ignore_auth": True}

    have = len(tk.get_action("organization_list")(context(), {}))
    for number in range(have, SERVICES):
        asked = {"name": f"service-{number:02}", "title": f"Service {number}"}
        tk.get_action("organization_create")(context(), asked)
    services = len(tk.get_action("organization_list")(context(), {}))
    engine: Any = model.meta.engine
    creator: Any = model.Session.query(model.User.id).filter_by(name=site).scalar()
    with engine.begin() as connection:
        for statement in (PEOPLE, MEMBERS, DATASETS, FILES, PLANS):
            every = {
                "people": people, "services": services, "creator": creator, "datasets": datasets,
                "authority": AUTHORITY, "frequencies": list(FREQUENCIES),
                "kinds": len(FREQUENCIES),
            }  # fmt: skip
            connection.execute(sa.text(statement), every)
        if connection.scalar(sa.text("SELECT to_regclass('scdl_submission')")):
            connection.execute(sa.text(DEPOSITS), {"deposits": deposits})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    found: dict[str, str] = {}
    for role, capacity in (("administrator", "admin"), ("referent", "editor")):
        row = sa.text(
            'SELECT u.name FROM "user" u JOIN member m ON m.table_id = u.id'
            " WHERE u.name LIKE 'personne-%' AND m.capacity = :capacity ORDER BY u.name LIMIT 1"
        )
        found[role] = _token(model.Session.execute(row, {"capacity": capacity}).scalar_one())
    found["sysadmin"] = _token(site)
    return found


def _token(user: str) -> str:
    import ckan.plugins.toolkit as tk

    made = tk.get_action("api_token_create")(
        {"user": user, "ignore_auth": True}, {"user": user, "name": "bench"}
    )
    return str(made["token"])


if __name__ == "__main__":
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    application: Any = make_app(load_config(os.environ["CKAN_INI"]))
    asked = list(map(int, sys.argv[1:]))
    with application._wsgi_app.test_request_context():  # noqa: SLF001  (actions ask for a request)
        told = fill(*asked)
    sys.stdout.write(f"{json.dumps(told)}\n")
