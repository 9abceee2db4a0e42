"""What a dataset is, in one sentence."""

from ckanext.grandpoitiers.dataset_page.sentences import Told, frequency_said, sentence


def english(text: str) -> str:
    return text


def test_what_is_known_is_said_and_nothing_else() -> None:
    whole = Told("a table of 12 rows", "The town", "Poitiers", "Every month")
    assert sentence(whole, english) == (
        "The town publishes a table of 12 rows about Poitiers, update: every month."
    )
    assert sentence(Told("3 files"), english) == "This dataset holds 3 files."


def test_what_comes_from_a_feed_is_live_whatever_its_record_says() -> None:
    told = Told("a table", "The town", often="Every year", live=True)
    assert sentence(told, english) == "The town publishes a table, in real time."


def test_a_frequency_that_says_nothing_is_left_out() -> None:
    assert frequency_said("UNKNOWN", {"UNKNOWN": "At an unknown frequency"}) == ""
    assert frequency_said("DAILY", {"DAILY": "Every day"}) == "Every day"
    assert frequency_said("WHATEVER", {}) == ""
