"""The themes: what themes.yaml may say, and what it may not."""

from typing import Any

import pytest
import yaml

from ckanext.grandpoitiers.errors import ThemeError
from ckanext.grandpoitiers.themes.declared import contrast_with_white, read_themes, stylesheet
from portal_kit.configuration import shipped_folder

SPORT: dict[str, Any] = {
    "name": "sport",
    "title": "Sport, loisirs",
    "description": "Les stades.",
    "icon": "sport",
    "colour": "#4d6600",
    "order": 2,
    "keywords": ["stade"],
}
CULTURE: dict[str, Any] = {**SPORT, "name": "culture", "order": 1, "inspire_themes": ["ps"]}


def shipped() -> Any:
    return yaml.safe_load((shipped_folder() / "themes.yaml").read_text("utf-8"))


class TestShippedThemes:
    def test_there_are_the_thirteen_of_the_portal(self) -> None:
        """The thirteen themes come in the order of the home page."""
        titles = [theme.title for theme in read_themes(shipped())]
        assert len(titles) == 13
        assert titles[0] == "Administration, gouvernement, finances publiques, citoyenneté"
        assert titles[3] == "Transports, déplacements"
        assert titles[-1] == "Sport, loisirs"

    def test_every_inspire_theme_falls_somewhere(self) -> None:
        """Each of the 34 INSPIRE themes belongs to one of ours."""
        codes = [code for theme in read_themes(shipped()) for code in theme.inspire_themes]
        assert len(codes) == len(set(codes)) == 34

    def test_every_topic_category_falls_somewhere(self) -> None:
        """So does each of the 19 ISO topic categories."""
        codes = [code for theme in read_themes(shipped()) for code in theme.topic_categories]
        assert len(codes) == len(set(codes)) == 19

    def test_every_icon_is_drawn(self) -> None:
        """No theme asks for an icon that icons.svg does not hold."""
        drawn = (shipped_folder() / "icons.svg").read_text("utf-8")
        assert all(f'id="{theme.icon}"' in drawn for theme in read_themes(shipped()))


class TestReadThemes:
    def test_order_is_that_of_the_numbers(self) -> None:
        """Themes come by their `order`, not by their place in the file."""
        assert [theme.name for theme in read_themes({"themes": [SPORT, CULTURE]})] == [
            "culture",
            "sport",
        ]

    @pytest.mark.parametrize("document", [None, [], {}, {"themes": []}, {"themes": "sport"}])
    def test_a_file_without_themes_is_refused(self, document: object) -> None:
        """There is no portal without themes."""
        with pytest.raises(ThemeError, match="holds no list"):
            read_themes(document)

    @pytest.mark.parametrize("field", ["title", "description", "icon", "colour", "order"])
    def test_a_missing_field_is_named(self, field: str) -> None:
        """The sentence names the theme and what it lacks."""
        entry = {key: value for key, value in SPORT.items() if key != field}
        with pytest.raises(ThemeError, match=f"“sport” has no “{field}”"):
            read_themes({"themes": [entry]})

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"name": "Sport et loisirs"}, "can't name a theme"),
            ({"colour": "vert"}, "not a colour"),
            ({"colour": "#ffee00"}, "too light to be read on white"),
            ({"order": "first"}, "must be a whole number"),
            ({"keywords": "stade"}, "must be a list"),
            ({"key_words": ["stade"]}, "“key_words” that means nothing"),
        ],
    )
    def test_a_wrong_value_is_explained(self, change: dict[str, Any], sentence: str) -> None:
        """One clear sentence for each mistake."""
        with pytest.raises(ThemeError, match=sentence):
            read_themes({"themes": [{**SPORT, **change}]})

    def test_a_name_said_twice_is_refused(self) -> None:
        """Two themes can't have one address."""
        with pytest.raises(ThemeError, match="is in two themes"):
            read_themes({"themes": [SPORT, SPORT]})

    def test_a_code_belongs_to_one_theme(self) -> None:
        """Or a dataset would fall by the order of the file."""
        with pytest.raises(ThemeError, match=r"“ps” \(inspire_themes\).*“culture” and “sport”"):
            read_themes({"themes": [CULTURE, {**SPORT, "inspire_themes": ["ps"]}]})

    def test_an_unknown_icon_is_refused_when_icons_are_known(self) -> None:
        """The home page must not show a hole."""
        with pytest.raises(ThemeError, match="wants the icon “sport”"):
            read_themes({"themes": [SPORT]}, icons={"culture"})

    def test_the_message_can_be_translated_late(self) -> None:
        """The error keeps its English message and its values apart."""
        with pytest.raises(ThemeError) as caught:
            read_themes({"themes": [{**SPORT, "order": "x"}]})
        assert caught.value.message.format(**caught.value.params) == str(caught.value)


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, white on white 1, and #767676 the well-known limit of 4.54."""
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


def test_each_theme_gives_its_colour_to_its_class() -> None:
    """The style sheet holds one rule for each theme."""
    assert stylesheet(read_themes({"themes": [SPORT]})) == ".theme-sport{--theme:#4d6600}\n"
