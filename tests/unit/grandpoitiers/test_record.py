"""The values of a record, the problems, the texts and the dates they are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.dates import read_date
from ckanext.grandpoitiers.catalogue.errors import CatalogueError, InvalidRecord
from ckanext.grandpoitiers.catalogue.extent import apart, geometry, read_box, shared_area
from ckanext.grandpoitiers.catalogue.problems import MESSAGES, Kind, Problem, unique
from ckanext.grandpoitiers.catalogue.record import Box, Contact, Extent, Identifier, Record
from ckanext.grandpoitiers.catalogue.text import block, fold, line, slug, stem

degrees = st.tuples(st.floats(-180, 179), st.floats(-90, 89), st.floats(0, 1), st.floats(0, 1)).map(
    lambda b: Box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)


class TestProblems:
    def test_every_kind_has_a_sentence(self):
        assert set(MESSAGES) == set(Kind)
        assert all(message.endswith(".") for message in MESSAGES.values())

    def test_a_sentence_is_rendered_late_in_the_reader_s_language(self):
        problem = Problem.of("issued", Kind.BAD_DATE, value="2009-00-00")
        assert problem.message() == (
            "The date 2009-00-00 cannot be read: write it as YYYY, YYYY-MM or YYYY-MM-DD."
        )
        assert (
            problem.message(lambda _: "Date illisible : {value}") == "Date illisible : 2009-00-00"
        )

    def test_braces_in_a_value_are_only_a_value(self):
        problem = Problem.of("resources", Kind.LINK_SCHEME, value="x:{value.__class__}")
        assert "{value.__class__}" in problem.message()

    def test_a_long_value_is_cut_to_what_a_report_shows(self):
        assert len(Problem.of("", Kind.BAD_EMAIL, value="a" * 5000).params["value"]) == 200

    def test_the_same_problem_is_told_once(self):
        problem = Problem.of("spatial", Kind.NO_EXTENT)
        assert unique([problem, Problem.of("spatial", Kind.NO_EXTENT)]) == (problem,)

    def test_an_error_carries_its_problem_and_is_one_of_ours(self):
        error = InvalidRecord.because(Kind.NO_TITLE, "title")
        assert isinstance(error, InvalidRecord)
        assert isinstance(error, CatalogueError)
        assert (error.problem.field, str(error)) == ("title", MESSAGES[Kind.NO_TITLE])


class TestRecord:
    def test_an_identifier_stands_in_its_code_space_once(self):
        assert Identifier("a", "https://b.fr/").full == "https://b.fr/a"
        assert Identifier("a", "BE.SPW").full == "BE.SPW/a"
        assert Identifier("https://b.fr/a", "https://b.fr").full == "https://b.fr/a"
        assert Identifier("a").full == "a"

    def test_a_contact_is_named_by_its_organisation_before_its_person(self):
        contact = Contact("", "Jeanne Martin", "Géomaticienne", "", "", "", "", "resource")
        assert contact.name == "Géomaticienne"

    def test_a_box_repeated_in_two_extents_is_one(self):
        box = Box(0, 46, 1, 47)
        extents = (Extent(boxes=(box,)), Extent(boxes=(box,)))
        assert Record("a", "A", extents=extents).boxes == (box,)


class TestTexts:
    @given(st.text())
    def test_a_line_has_no_break_and_cleaning_twice_changes_nothing(self, value: str):
        cleaned = line(value)
        assert not set(cleaned) & set("\r\n\t\x85\u2028\u202e\x00")
        assert line(cleaned) == cleaned
        assert block(block(value)) == block(value)

    @given(st.text())
    def test_a_slug_is_safe_in_an_address(self, value: str):
        assert set(slug(value)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")

    def test_folding_ignores_case_accents_ligatures_and_punctuation(self):
        assert fold("L’Œuvre d’ÉTÉ : 2") == fold("l'oeuvre d'ete - 2") == "l oeuvre d ete 2"

    def test_a_stem_ignores_french_plurals_of_long_words(self):
        assert stem("Réseaux de transports") == stem("réseau de transport")
        assert stem("bus") == "bus"


class TestDates:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("2020", ("2020", False)),
            ("2020-02", ("2020-02", False)),
            ("2020-02-29", ("2020-02-29", False)),
            ("2020-02-29Z", ("2020-02-29", False)),
            (" 2020-02-29 ", ("2020-02-29", False)),
            ("2020-02-29T10:11:12", ("2020-02-29T10:11:12", False)),
            ("2020-02-29T10:11:12.1234567Z", ("2020-02-29T10:11:12Z", False)),
            ("2020-02-29T00:11:12+01:00", ("2020-02-28T23:11:12Z", False)),
            ("29/02/2020", ("2020-02-29", True)),
            ("2020/2/9", ("2020-02-09", True)),
            ("20200229", ("2020-02-29", True)),
            ("0001-01-01T00:00:00+02:00", ("", False)),
            ("2020-02-30", ("", False)),
            ("hier", ("", False)),
            ("", ("", False)),
        ],
    )
    def test_dates_become_iso_8601_with_their_precision(self, value, expected):
        assert read_date(value) == expected

    @given(st.text())
    def test_any_text_is_a_date_or_nothing(self, value: str):
        read, _ = read_date(value)
        assert read == "" or read_date(read) == (read, False)


class TestBoxes:
    @given(st.lists(degrees, max_size=30))
    def test_boxes_set_apart_cover_the_same_and_never_touch(self, boxes: list[Box]):
        separate = apart(boxes)
        for box in boxes:
            assert any(
                b.west <= box.west
                and box.east <= b.east
                and b.south <= box.south
                and box.north <= b.north
                for b in separate
            )
        for i, first in enumerate(separate):
            assert all(shared_area(first, second) == 0 for second in separate[i + 1 :])

    @given(st.lists(degrees, max_size=20), st.randoms())
    def test_the_geometry_does_not_depend_on_the_order_of_the_boxes(self, boxes, random):
        shuffled = list(boxes)
        random.shuffle(shuffled)
        assert geometry(shuffled) == geometry(boxes)

    def test_one_box_is_a_polygon_and_several_a_multipolygon(self):
        one = geometry([Box(0, 46, 1, 47)])
        assert one == {
            "type": "Polygon",
            "coordinates": [[[0, 46], [1, 46], [1, 47], [0, 47], [0, 46]]],
        }
        two = geometry([Box(0, 46, 1, 47), Box(5, 46, 6, 47)])
        assert two is not None
        assert two["type"] == "MultiPolygon"
        assert geometry([]) is None

    def test_a_point_becomes_a_small_polygon(self):
        shape = geometry([Box(0.34, 46.58, 0.34, 46.58)])
        assert shape is not None
        west, south = shape["coordinates"][0][0]
        assert (west, south) == (0.3399, 46.5799)

    def test_many_boxes_become_their_envelope(self):
        boxes = [Box(i / 8, 0, i / 8 + 0.0625, 1) for i in range(1000)]
        assert apart(boxes) == [Box(0, 0, 124.9375, 1)]

    @given(*[st.floats() | st.integers() for _ in range(4)])
    def test_any_four_numbers_give_a_box_on_earth_or_a_problem(self, west, south, east, north):
        boxes, problems = read_box(str(west), str(south), str(east), str(north))
        assert boxes or problems
        for box in boxes:
            assert -180 <= box.west <= box.east <= 180
            assert -90 <= box.south <= box.north <= 90
