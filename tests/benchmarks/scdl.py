"""`./portal bench scdl`: a large file checked by a schema, beside frictionless 5 on the same rows.

Twelve columns with patterns, dates, amounts, a list, an e-mail address, SIRET numbers (their
check digits too) and a primary key. Two files: one in order, one where every row has a wrong
cell (dates as spreadsheets write them) and a twentieth of the rows a second one. What is timed is
the whole check from the file on disk to the report, in a fresh process, without Python's imports.

frictionless reads the first rows only (its pace does not depend on their number), with its limit
of 1,000 errors lifted: ours counts them all too.

With `--publish`, files also go through a real portal (`_scdl_portal.py`): 100,000 rows that follow
a schema and as many rows as asked for without one, of 12 columns and 150 bytes, from the upload to
the last row queryable by the API; and the report of 300 rows.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import _scdl_portal
import click
from stdnum import luhn

from portal_kit import ephemeral

WORKER = Path(__file__).with_name("_scdl_worker.py")
NATURES = ("aide en numéraire", "aide en nature")
COLUMNS = (
    *("id", "siret", "beneficiaire", "date_decision", "date_versement", "montant", "part"),
    *("nature", "insee", "courriel", "exercice", "notifiee"),
)
SPOILT = ("", "n.c.", "12,5", "2 rue Carnot", "218601946", "contact@", "31/02/2020")


def main() -> None:
    """Check both files by both; the last line is the contract's."""
    parser = argparse.ArgumentParser(prog="./portal bench scdl")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--frictionless-rows", type=int, default=50_000)
    parser.add_argument("--publish", action="store_true", help="Through a real portal too.")
    asked = parser.parse_args()
    if asked.publish:
        publish(asked.rows)
    with ephemeral.folder() as folder:
        start = time.perf_counter()
        files = {kind: write(folder / f"{kind}.csv", kind, asked.rows) for kind in ("clean", "bad")}
        samples = {kind: head(path, asked.frictionless_rows) for kind, path in files.items()}
        say(f"files written in {time.perf_counter() - start:.0f} s")
        ours = {kind: measured("ours", path) for kind, path in files.items()}
        theirs = {kind: measured("frictionless", path) for kind, path in samples.items()}
        agree(samples["bad"], theirs["bad"])
    for kind in files:
        say(f"{kind}: ours {ours[kind]}")
        say(f"{kind}: frictionless {theirs[kind]}")
    pace = {kind: found["rows"] / found["seconds"] for kind, found in ours.items()}
    stock = theirs["clean"]["rows"] / theirs["clean"]["seconds"]
    peak = max(found["rss_mb"] for found in ours.values())
    click.echo(
        f"scdl: clean={pace['clean']:.0f} bad={pace['bad']:.0f} frictionless={stock:.0f} "
        f"ratio={pace['clean'] / stock:.1f} bad_ratio={pace['bad'] / stock:.1f} rss_mb={peak:.0f}"
    )


def publish(count: int) -> None:
    """One line for each file that goes through a portal."""
    with ephemeral.folder() as folder, _scdl_portal.portal() as portal:
        few, some = (names(folder / f"prenoms-{n}.csv", n) for n in (300, 100_000))
        plain = wide(folder / "plain.csv", count)
        portal.report(few, "scdl/prenoms")
        seconds = min(portal.report(few, "scdl/prenoms") for _ in range(5))
        click.echo(f"scdl-report: rows=300 seconds={seconds:.2f}")
        for path, rows, said in (
            (some, 100_000, {"conforms_to": [_scdl_portal.SCHEMA]}),
            (plain, count, {}),
        ):
            seconds, peak = portal.published(path, rows, **said)
            size = path.stat().st_size / 1_000_000
            click.echo(
                f"scdl-publish: schema={int(bool(said))} rows={rows} mb={size:.0f}"
                f" seconds={seconds:.1f} rss_mb={peak:.0f}"
            )


def names(path: Path, count: int) -> Path:
    """First names as the national schema wants them."""
    chance = random.Random(86194)  # noqa: S311  (no secret)
    header = "COMMUNE_NOM,COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\n"
    with path.open("w", encoding="utf-8") as target:
        target.write(header)
        for number in range(count):
            sex = chance.choice("FM")
            year = chance.randrange(2000, 2025)
            target.write(f"Poitiers,86194,{sex},Prénom{number},{chance.randrange(4, 90)},{year}\n")
    return path


def wide(path: Path, count: int) -> Path:
    """Twelve columns that no schema describes, 150 bytes a row."""
    chance = random.Random(86194)  # noqa: S311  (no secret)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow((*COLUMNS[:11], "suite"))
        for row in rows(chance, "clean", count):
            writer.writerow([*row[:11], "vers."])
    return path


def measured(reader: str, path: Path) -> dict[str, Any]:
    """What the worker says of its own time, memory and findings."""
    command = [sys.executable, "-W", "ignore", str(WORKER), reader, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def agree(sample: Path, theirs: dict[str, Any]) -> None:
    """Speed counts for nothing if the errors are not the same."""
    ours = measured("ours", sample)
    if ours["errors"] != theirs["errors"]:
        raise SystemExit(f"not the same errors: {ours['errors']} and {theirs['errors']}")


def write(path: Path, kind: str, count: int) -> Path:
    """A file of so many rows, the same at each run."""
    chance = random.Random(86194)  # noqa: S311  (no secret)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(COLUMNS)
        writer.writerows(rows(chance, kind, count))
    return path


def rows(chance: random.Random, kind: str, count: int) -> Iterator[list[str]]:
    """Rows in order, or each with a wrong cell."""
    sirets = [siret(chance) for _ in range(20_000)]
    for number in range(count):
        decided, paid = day(chance), day(chance)
        row = [
            f"SUB-{number:08d}",
            chance.choice(sirets),
            f"Association numéro {chance.randrange(1_000_000)}",
            "-".join(decided) if kind == "clean" else "/".join(reversed(decided)),
            "-".join(paid),
            f"{chance.uniform(10, 99_999):.2f}",
            f"{chance.uniform(0.01, 1):.2f}",
            chance.choice(NATURES),
            f"86{chance.randrange(1, 300):03d}",
            f"contact{chance.randrange(100_000)}@asso-{number % 1000}.fr",
            str(chance.randrange(2010, 2025)),
            chance.choice(("oui", "non")),
        ]
        if kind == "bad" and chance.random() < 0.05:
            row[chance.randrange(1, len(row))] = chance.choice(SPOILT)
        yield row


def siret(chance: random.Random) -> str:
    """A number with its two check digits."""
    siren = str(chance.randrange(10**7, 10**8))
    siren += luhn.calc_check_digit(siren)
    number = f"{siren}{chance.randrange(10**4):04d}"
    return number + luhn.calc_check_digit(number)


def day(chance: random.Random) -> tuple[str, str, str]:
    """Year, month and day."""
    year, month, day = (
        chance.randrange(2010, 2025),
        chance.randrange(1, 13),
        chance.randrange(1, 29),
    )
    return str(year), f"{month:02}", f"{day:02}"


def head(path: Path, count: int) -> Path:
    """The first rows of a file."""
    sample = path.with_name(f"head-{path.name}")
    with path.open(encoding="utf-8") as source, sample.open("w", encoding="utf-8") as target:
        target.writelines(line for _, line in zip(range(count + 1), source, strict=False))
    return sample


def say(text: str) -> None:
    """Progress, apart from the result."""
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
