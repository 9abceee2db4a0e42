"""Suggestions under the search field, with the keyboard and with a screen reader in mind."""

from playwright.sync_api import Page, expect


def test_a_suggestion_is_reached_with_the_keyboard(page: Page) -> None:
    """Arrows choose, Escape closes, Enter goes there; the field keeps the focus meanwhile."""
    page.goto("/")
    field = page.locator("#field-home-search")
    field.press_sequentially("transp")
    options = page.locator(".suggestions [role=option]")
    expect(options.first).to_contain_text("Transports")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.press_sequentially("o")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url("/group/transports")


def test_enter_without_a_choice_searches(page: Page) -> None:
    """As if there were no suggestions."""
    page.goto("/dataset/")
    field = page.locator("#field-giant-search")
    field.press_sequentially("transp")
    expect(page.locator(".suggestions [role=option]").first).to_be_visible()
    field.press("Enter")
    expect(page).to_have_url("/dataset/?q=transp&sort=score+desc%2C+metadata_modified+desc")
