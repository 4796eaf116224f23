"""The dashboard in a real browser: live, readable on a phone, harmless whatever feeds say, useful without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from dashboard.context import DashboardContext
from newsbeam.alert import Severity
from newsbeam.settings import Secret
from newsbeam.store.database import Store, open_store
from tests.e2e.dashboard import Serving
from tests.e2e.newsroom import NOW, Newsroom, hostile_day, ordinary_day, watching

PAGES = [
    "/",
    "/stories",
    "/alerts",
    "/topics",
    "/topics/peacekeeping",
    "/feeds",
    "/trace?url=s1",
    "/api",
    "/none",
]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def site(store: Store) -> Iterator[Serving]:
    Newsroom(store).open()
    with Serving(DashboardContext(store, watch=watching, now=lambda: NOW)) as serving:
        yield serving


@pytest.fixture
def tab(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def open_page(tab: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it complains of: console errors (policy violations among them), exceptions, dialogs."""
    page, complaints = tab.new_page(), []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "404 (Not Found)" not in message.text:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    return page, complaints


def charted(page: Page) -> None:
    """Wait until the chart is drawn."""
    page.wait_for_function("Chart.getChart(document.querySelector('[data-chart] canvas')) !== undefined")


def test_the_chart_draws_under_the_strict_policy_and_shades_the_unwatched_past(
    site: Serving, store: Store, tab: BrowserContext
) -> None:
    ordinary_day(store)
    page, complaints = open_page(tab)
    page.goto(site.url)
    charted(page)
    drawn = page.evaluate(
        "(() => { const c = Chart.getChart(document.querySelector('[data-chart] canvas'));"
        " return [c.data.datasets.length, c.options.plugins.unwatched.flags]; })()"
    )
    assert drawn[0] == 5
    assert drawn[1][0] == 1
    assert drawn[1][-1] == 0
    assert complaints == []


def test_another_choice_redraws_the_chart_in_place_and_the_address_keeps_it(
    site: Serving, store: Store, tab: BrowserContext
) -> None:
    ordinary_day(store)
    page, complaints = open_page(tab)
    page.goto(site.url)
    charted(page)
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_label("share of coverage").check()
    expect(page.locator("#chart-title")).to_contain_text("share of all coverage")
    page.locator("select[name=topic]").select_option("sanctions")
    expect(page.locator("#chart-title")).to_contain_text("Sanctions")
    charted(page)
    assert page.evaluate("document.body.dataset.same") == "yes"
    assert "share=1" in page.url
    assert "topic=sanctions" in page.url
    assert complaints == []


def test_a_new_alert_appears_and_an_update_replaces_it_without_a_reload(
    site: Serving, store: Store, tab: BrowserContext
) -> None:
    room = ordinary_day(store)
    page, complaints = open_page(tab)
    page.goto(site.url)
    expect(page.locator("#live")).to_have_text("live")
    cards = page.locator("#alert-list > li")
    before = cards.count()
    story = room.story("Envoys agree on a monitoring line", outlet="meridian")
    alert = room.alert("Envoys agree on a monitoring line", story=story, severity=Severity.HIGH)
    room.write()
    card = page.locator(f"#alert-{alert}")
    expect(card).to_be_visible()
    expect(card).to_contain_text("1 outlet")
    expect(page.locator("#stories")).to_contain_text("Envoys agree on a monitoring line")
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM alert WHERE id = ?", (alert,))
        connection.exec_driver_sql("DELETE FROM decision WHERE alert = ?", (alert,))
    room.alert(
        "Envoys agree on a monitoring line",
        story=story,
        alert_id=alert,
        version=2,
        outlets=("meridian", "nordblatt"),
    )
    room.write()
    expect(card).to_contain_text("2 outlets")
    assert cards.count() == before + 1
    assert complaints == []


def test_a_follower_that_was_cut_off_misses_nothing(site: Serving, store: Store, tab: BrowserContext) -> None:
    room = ordinary_day(store)
    page, _ = open_page(tab)
    page.goto(site.url)
    expect(page.locator("#live")).to_have_text("live")
    tab.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    site_port = int(site.url.rpartition(":")[2])
    site.stop()
    expect(page.locator("#live")).to_contain_text("connection lost")
    story = room.story("Told while nobody listened")
    alert = room.alert("Told while nobody listened", story=story)
    room.write()
    tab.set_offline(False)
    with Serving(DashboardContext(store, watch=watching, now=lambda: NOW), port=site_port):
        expect(page.locator(f"#alert-{alert}")).to_be_visible(timeout=15_000)


def test_hostile_feeds_run_nothing_and_break_nothing(
    site: Serving, store: Store, tab: BrowserContext
) -> None:
    hostile_day(store)
    page, complaints = open_page(tab)
    for path in PAGES:
        page.goto(site.url + path)
        page.wait_for_load_state("load")
        assert (
            page.locator(
                "main script:not([type='application/json']), main img, main [onload], main [onerror]"
            ).count()
            == 0
        )
        assert page.locator("a[href^='javascript' i], a[href^='data' i], a[href^='//']").count() == 0
        outside = page.locator("a[href^='http']:not([href*='127.0.0.1'])")
        assert all("noopener" in (link.get_attribute("rel") or "") for link in outside.all())
    assert complaints == []


@pytest.mark.parametrize("day", [ordinary_day, hostile_day, None], ids=["ordinary", "hostile", "empty"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_scrolls_sideways(
    site: Serving, store: Store, browser: Browser, day: object, width: int
) -> None:
    if callable(day):
        day(store)
    context = browser.new_context(viewport={"width": width, "height": 800}, is_mobile=width < 500)
    page = context.new_page()
    wide = []
    for path in PAGES:
        page.goto(site.url + path)
        page.wait_for_load_state("load")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)
    context.close()
    assert wide == []


def test_without_scripts_the_page_tells_everything(site: Serving, store: Store, browser: Browser) -> None:
    ordinary_day(store)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    page.get_by_text("The numbers").click()
    expect(page.locator("#chart table tbody tr").first).to_be_visible()
    expect(page.locator("#alert-list > li").first).to_be_visible()
    page.get_by_label("Range").select_option("7d")
    page.get_by_role("button", name="Draw").click()
    assert "range=7d" in page.url
    context.close()


def test_the_token_form_lets_in(store: Store, tab: BrowserContext) -> None:
    from dashboard.settings import ServeSettings

    Newsroom(store).open()
    token = "a token that is long enough"  # noqa: S105
    with Serving(
        DashboardContext(store, ServeSettings(token=Secret(token)), watch=watching, now=lambda: NOW)
    ) as site:
        page, complaints = open_page(tab)
        page.goto(site.url + "/feeds")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Feeds")).to_be_visible()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Token")).to_be_visible()
        assert complaints == []
