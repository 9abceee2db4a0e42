"""A source tried on its form, and the report of a run, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import picture


@pytest.fixture
def administrator(page: Page, portal) -> Page:
    """The page, signed in with the password that `up` showed."""
    page.goto("/user/login")
    page.locator("#field-login").fill("admin")
    page.locator("#field-password").fill(portal.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def test_a_source_is_previewed_before_it_is_saved(administrator: Page):
    administrator.goto("/harvest/edit/demo")
    administrator.get_by_role("button", name="Tester et prévisualiser").click()
    expect(administrator.locator("#sample-title")).to_be_visible(timeout=30_000)
    expect(administrator.locator(".sample .run-records > li")).to_have_count(20)
    picture(administrator, "harvest-preview")


def test_the_report_is_filtered_and_fits_a_phone(administrator: Page):
    administrator.goto("/harvest/demo/job/last")
    administrator.get_by_label("Issue").select_option("created")
    administrator.get_by_role("button", name="Filtrer").click()
    administrator.wait_for_url(re.compile("outcome=created"))
    administrator.set_viewport_size({"width": 360, "height": 740})
    assert administrator.evaluate("document.documentElement.scrollWidth") <= 360
    with administrator.expect_download() as download:
        administrator.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
