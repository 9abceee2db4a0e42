"""Solr's home folder: what is written in it, how to start Solr on it, whether it answers.

Must not import `ckan`: the caller passes CKAN's schema as bytes.
"""

import base64
import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import httpx

from portal_kit.solr import schema
from portal_kit.state import write_atomically

CORE = "ckan"
PRIVATE = 0o700
CONF = Path(__file__).parent / "conf"
HOME_FILES = ("solr.xml", "jetty.xml", "log4j2.xml")
TEXT_FILES = ("stopwords.txt", "elisions.txt", "stems.txt", "synonyms.txt")
STAMP = "fingerprint"


def prepare(
    home: Path,
    ckan_schema: bytes,
    *,
    user: str,
    password: str,
    synonyms: bytes | None = None,
) -> bool:
    """Write the home with its one core, `ckan`. Solr must not be running.

    `ckan_schema` is CKAN's own schema.xml; `synonyms` a town's own list in place of ours
    (see conf/synonyms.txt). True when documents have to be indexed anew: first time, other
    schema, other words. After another schema the old index is removed, since Lucene refuses
    a field whose kind has changed. Interrupted, it returns True again at the next call.

    Raises UnexpectedSchemaError when CKAN's schema is not one we know how to change.
    """
    conf = home / CORE / "conf"
    conf.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    home.chmod(PRIVATE)
    analysis = _analysis_files(ckan_schema, synonyms)
    expected = _digest(analysis)
    changed = fingerprint(home) != expected
    if changed:
        _remove_index(home, analysis["schema.xml"])
    files = {home / name: (CONF / name).read_bytes() for name in HOME_FILES}
    files[conf / "solrconfig.xml"] = (CONF / "solrconfig.xml").read_bytes()
    files |= {conf / name: content for name, content in analysis.items()}
    files[home / CORE / "core.properties"] = f"name={CORE}\n".encode()
    for path, content in files.items():
        _write(path, content)
    _write_security(home / "security.json", user, password)
    _write(_stamp(home), expected.encode())
    return changed


def fingerprint(home: Path) -> str | None:
    """Of the schema and the words the home was last prepared with; None when it never was.

    Two homes with the same one index a dataset alike: remember it with a finished reindexing.
    """
    try:
        return _stamp(home).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def command(
    java: Path, jars: Path, home: Path, port: int, logs: Path, heap: str = "512m"
) -> list[str]:
    """The command line of a Solr that listens on 127.0.0.1:`port` only.

    It stays in the foreground and closes its index on SIGTERM (exit status 143). No secret in it.
    """
    properties = {
        "solr.solr.home": home,
        "solr.install.dir": jars,
        "solr.log.dir": logs,
        "log4j2.configurationFile": home / "log4j2.xml",
        "jetty.port": port,
        # Of the two HTTP interfaces, CKAN uses the other.
        "disable.v2.api": "true",
        "disable.configEdit": "true",
        "java.awt.headless": "true",
        "user.timezone": "UTC",
    }
    return [
        str(java),
        f"-Xmx{heap}",
        # Gives back what a harvest took: without it 550 MB stay resident for good, not 340.
        "-XX:+UseG1GC",
        "-XX:G1PeriodicGCInterval=60000",
        # Out of memory, Solr would answer some requests and not others: the supervisor restarts it.
        "-XX:+ExitOnOutOfMemoryError",
        f"-XX:ErrorFile={logs}/solr-crash.log",
        "-XX:-UsePerfData",
        "--enable-native-access=ALL-UNNAMED",
        *(f"-D{name}={value}" for name, value in properties.items()),
        "-cp",
        f"{jars}/*",
        "org.eclipse.jetty.xml.XmlConfiguration",
        str(home / "jetty.xml"),
    ]


def healthy(
    url: str, user: str | None = None, password: str | None = None, timeout: float = 5
) -> bool:
    """Whether the core at `url` (such as ``http://127.0.0.1:8983/solr/ckan``) can search.

    `timeout` is in seconds. A refused password is not healthy either.
    """
    auth = (user, password or "") if user else None
    try:
        answer = httpx.get(
            f"{url.rstrip('/')}/admin/ping",
            params={"wt": "json"},
            auth=auth,
            timeout=timeout,
            trust_env=False,
        )
        return answer.is_success and answer.json()["status"] == "OK"
    except (httpx.HTTPError, ValueError, KeyError):
        return False


def _analysis_files(ckan_schema: bytes, synonyms: bytes | None) -> dict[str, bytes]:
    """The files of the core that decide how a document is indexed, by name."""
    files = {name: schema.fold((CONF / name).read_bytes()) for name in TEXT_FILES}
    if synonyms is not None:
        files["synonyms.txt"] = schema.fold(synonyms)
    files["schema.xml"] = schema.derive(ckan_schema)
    return files


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _stamp(home: Path) -> Path:
    return home / CORE / STAMP


def _remove_index(home: Path, new_schema: bytes) -> None:
    path = home / CORE / "conf" / "schema.xml"
    if not path.is_file() or path.read_bytes() != new_schema:
        index = home / CORE / "data"
        if index.exists():
            shutil.rmtree(index)


def _write(path: Path, content: bytes) -> None:
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)


def _write_security(path: Path, user: str, password: str) -> None:
    """Basic authentication with one user, who may search and index but not reconfigure Solr.

    A loopback port is open to every user of the machine: without this, any of them could
    rewrite the index.
    """
    if path.is_file() and _accepts(path.read_bytes(), user, password):
        return
    salt = secrets.token_bytes(32)
    security = {
        "authentication": {
            "class": "solr.BasicAuthPlugin",
            "blockUnknown": True,
            "credentials": {user: _credential(salt, password)},
        },
        "authorization": {
            "class": "solr.RuleBasedAuthorizationPlugin",
            "user-role": {user: CORE},
            "permissions": [
                {"name": "security-edit", "role": "nobody"},
                {"name": "core-admin-edit", "role": "nobody"},
                {"name": "config-edit", "role": "nobody"},
                {"name": "all", "role": CORE},
            ],
        },
    }
    write_atomically(path, json.dumps(security, indent=2).encode())


def _credential(salt: bytes, password: str) -> str:
    """Solr's own form: `base64(sha256(sha256(salt + password))) base64(salt)`.

    Source: Solr reference guide, "Basic Authentication Plugin".
    """
    once = hashlib.sha256(salt + password.encode()).digest()
    twice = hashlib.sha256(once).digest()
    return f"{base64.b64encode(twice).decode()} {base64.b64encode(salt).decode()}"


def _accepts(security: bytes, user: str, password: str) -> bool:
    try:
        credential = str(json.loads(security)["authentication"]["credentials"][user])
        salt = base64.b64decode(credential.split()[1])
    except (ValueError, KeyError, IndexError, TypeError):
        return False
    return secrets.compare_digest(credential, _credential(salt, password))
