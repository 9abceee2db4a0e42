"""What a process keeps of the database until the next change."""

from dataclasses import dataclass, field

from ckanext.grandpoitiers.pagecache.remembered import LASTING, MOST, Remembered


@dataclass
class Told:
    """The number of changes, told by hand."""

    number: int | None = 1
    young: bool = False

    def current(self) -> int | None:
        return self.number

    def is_young(self) -> bool:
        return self.young


@dataclass
class Asked:
    """Counts how often it is asked, and answers with the count."""

    times: int = 0
    now: float = 0.0
    told: Told = field(default_factory=Told)

    def __call__(self) -> int:
        self.times += 1
        return self.times

    def kept(self) -> Remembered:
        return Remembered(self.told, lambda: self.now)  # type: ignore[arg-type]


def test_a_value_is_made_once_while_nothing_changes() -> None:
    asked = Asked()
    kept = asked.kept()
    assert [kept.get("menu", asked), kept.get("menu", asked)] == [1, 1]


def test_each_key_has_its_own_value() -> None:
    asked = Asked()
    kept = asked.kept()
    assert [kept.get(("menu", "public"), asked), kept.get(("menu", "agents"), asked)] == [1, 2]


def test_a_change_makes_it_anew() -> None:
    asked = Asked()
    kept = asked.kept()
    kept.get("menu", asked)
    asked.told.number = 2
    assert kept.get("menu", asked) == 2


def test_nothing_read_just_after_a_change_is_kept() -> None:
    """The transaction that wrote may not have ended."""
    asked = Asked(told=Told(young=True))
    kept = asked.kept()
    assert [kept.get("menu", asked), kept.get("menu", asked)] == [1, 2]


def test_without_redis_nothing_is_kept() -> None:
    asked = Asked(told=Told(number=None))
    kept = asked.kept()
    assert [kept.get("menu", asked), kept.get("menu", asked)] == [1, 2]


def test_a_date_of_publication_passes_without_anybody_writing() -> None:
    asked = Asked()
    kept = asked.kept()
    kept.get("menu", asked)
    asked.now = LASTING
    assert kept.get("menu", asked) == 2


def test_the_values_are_never_many() -> None:
    asked = Asked()
    kept = asked.kept()
    for number in range(MOST + 1):
        kept.get(number, asked)
    assert kept.get(MOST, asked) == MOST + 1
    assert kept.get(0, asked) == MOST + 2
