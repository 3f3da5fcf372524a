"""The browser's own buttons: one entry for a press, and Back leads to the view that was left."""

import re

from playwright.sync_api import Page, expect

from tests.support.browser import idle, opened

LEFT = "[data-testid=stSidebar]"


def pressed(page: Page, role: str, name: str, address: str) -> tuple[int, str]:
    """Presses a link or a view; how many entries the history has once the address is such a one, and the address."""
    where = page.locator(LEFT) if role == "link" else page
    where.get_by_role(role, name=name, exact=True).click()
    expect(page).to_have_url(re.compile(address))
    idle(page)
    return page.evaluate("history.length"), page.url


def test_four_presses_are_four_entries_and_back_leads_through_them(example_app, page):
    opened(page, example_app.at())
    expect(page).to_have_url(re.compile("view=Where"))
    begun = page.evaluate("history.length")
    seen = [pressed(page, "link", "Judge", "/judge[?].*view=Bench"),
            pressed(page, "radio", "Versions", "view=Versions"),
            pressed(page, "link", "Dataset", "/dataset[?].*view=Traces"),
            pressed(page, "radio", "Coverage", "view=Coverage")]
    assert [entries - begun for entries, _ in seen] == [1, 2, 3, 4]
    for _, address in reversed(seen[:-1]):
        page.go_back()
        expect(page).to_have_url(address)
        expect(page.get_by_role("radio", name=re.search(r"view=(\w+)", address)[1], exact=True)).to_be_checked()
        idle(page)
    page.go_forward()
    expect(page).to_have_url(seen[1][1])


def test_each_page_has_a_title_of_its_own(example_app, page):
    opened(page, example_app.at("judge"))
    expect(page).to_have_title("Judge · Council meeting summaries · Plumbline")
    opened(page, example_app.at("errors"))
    expect(page).to_have_title("Error analysis · Council meeting summaries · Plumbline")


def test_a_link_to_a_project_that_is_gone_says_so(example_app, page):
    page.goto(example_app.at("judge", project=999))
    expect(page.get_by_text("There is no project number 999 in this file any more.")).to_be_visible()
    expect(page.get_by_text("This is another project.")).to_be_visible()
