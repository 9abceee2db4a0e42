"""The SQL of `reading`, on CKAN 2.12's tables.

Pure: imports neither `ckan` nor an HTTP client. Lists are parameters (`= ANY(:ids)`); only parts of
queries are put in, from the constants here.
"""

from ckanext.grandpoitiers.interchange.scope import Kind

PUBLIC = """
p.state = 'active' AND p.private IS NOT TRUE AND p.type <> ALL(:not_datasets)
"""
FIND = f"SELECT p.id FROM package p WHERE (p.id = :key OR p.name = :key) AND {PUBLIC}"  # noqa: S608
# A row's xmin is the transaction that last wrote it: whoever writes, by whatever way, changes it.
VERSIONS = """
SELECT p.id, concat_ws('-', p.xmin, r.x, t.x, m.x{mark}), p.metadata_modified
FROM package p
LEFT JOIN (
  SELECT package_id, bit_xor(hashtextextended(id || xmin::text, 0)) x
  FROM resource WHERE state = 'active'{within} GROUP BY package_id) r ON r.package_id = p.id
LEFT JOIN (
  SELECT package_id, bit_xor(hashtextextended(tag_id || xmin::text, 0)) x
  FROM package_tag WHERE state = 'active'{within} GROUP BY package_id) t ON t.package_id = p.id
LEFT JOIN (
  SELECT table_id, bit_xor(hashtextextended(group_id || xmin::text, 0)) x
  FROM member WHERE table_name = 'package' AND state = 'active'{member_within} GROUP BY table_id
) m ON m.table_id = p.id
{join}
WHERE {where} ORDER BY p.id
"""
# Of some datasets alone: without these the whole tables would be added up for one page.
WITHIN, MEMBER_WITHIN = " AND package_id = ANY(:ids)", " AND table_id = ANY(:ids)"
# What the extension of schemas found in the files; nothing of it is on the resource's own row.
CHECKED_MARK, CHECKED_JOIN = (
    ", c.x",
    """
LEFT JOIN (
  SELECT f.package_id, bit_xor(hashtextextended(s.resource_id || s.xmin::text, 0)) x
  FROM scdl_report s JOIN resource f ON f.id = s.resource_id{within} GROUP BY f.package_id
) c ON c.package_id = p.id""",
)
CHECKED = """
SELECT s.resource_id, f.package_id, s.schema AS scdl_schema, s.verdict AS scdl_verdict,
       s.errors AS scdl_errors
FROM scdl_report s JOIN resource f ON f.id = s.resource_id WHERE f.package_id = ANY(:ids)
"""
SCOPES = {
    Kind.WHOLE: "",
    Kind.ORGANISATION: " AND p.owner_org = :id",
    Kind.THEME: (
        " AND EXISTS (SELECT 1 FROM member g WHERE g.table_name = 'package'"
        " AND g.table_id = p.id AND g.group_id = :id AND g.state = 'active')"
    ),
    Kind.COMMUNE: " AND p.extras->>'territory' LIKE :quoted",
    Kind.OFFERED: (
        " AND NOT EXISTS (SELECT 1 FROM grandpoitiers_record o"
        " WHERE o.package_id = p.id AND o.source_id = ANY(:withheld))"
    ),
}
PACKAGES = """
SELECT id, name, title, version, url, notes, license_id, type, owner_org, metadata_created,
       metadata_modified, extras
FROM package WHERE id = ANY(:ids)
"""
RESOURCES = """
SELECT id, package_id, url, format, description, hash, name, mimetype, size, created,
       last_modified, metadata_modified, url_type, extras
FROM resource WHERE package_id = ANY(:ids) AND state = 'active' ORDER BY package_id, position
"""
TAGS = """
SELECT l.package_id, t.name FROM package_tag l JOIN tag t ON t.id = l.tag_id
WHERE l.package_id = ANY(:ids) AND l.state = 'active' ORDER BY l.package_id, t.name
"""
GROUPS = """
SELECT m.table_id AS package_id, g.name FROM member m JOIN "group" g ON g.id = m.group_id
WHERE m.table_name = 'package' AND m.table_id = ANY(:ids) AND m.state = 'active'
  AND g.state = 'active' AND g.is_organization IS FALSE ORDER BY m.table_id, g.name
"""
SERIES = f"""
SELECT c.id, p.id FROM package c
JOIN package p ON p.extras->>'iso_type' = 'series'
  AND coalesce(p.extras->>'identifier', p.id) = c.extras->>'parent_identifier'
WHERE c.extras ? 'parent_identifier' AND c.id <> p.id AND c.id = ANY(:ids) AND {PUBLIC}
ORDER BY c.id, p.id
"""  # noqa: S608
SERVING = """
SELECT id, extras->>'operates_on' FROM package
WHERE id = ANY(:ids) AND extras ? 'operates_on' ORDER BY id
"""
IDENTIFIED = f"""
SELECT p.extras->>'identifier', p.id FROM package p
WHERE p.extras->>'identifier' = ANY(:identifiers)
  AND coalesce(p.extras->>'iso_type', '') <> 'service' AND {PUBLIC}
ORDER BY p.id
"""  # noqa: S608
ORGANISATIONS = """
SELECT id, name, title, extras->>'siret', extras->>'email', extras->>'url', extras->>'insee'
FROM "group" WHERE is_organization AND state = 'active' ORDER BY id
"""
