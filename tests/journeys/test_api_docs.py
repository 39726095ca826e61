"""The page that shows the schema: from local files, under the site's policy, and a key is kept nowhere."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect


def test_docs_show_every_operation_and_call_nobody(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.locator("#swagger-ui .opblock")).to_have_count(8)
    page.locator("#operations-directory-therapists .opblock-summary-control").click()
    expect(page.locator("#operations-directory-therapists")).to_contain_text("Miles from")
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill("tmd_canary")
    page.locator(".auth-btn-wrapper .authorize").click()
    assert page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})") == "{}"


def test_docs_without_script_point_to_the_schema(page: Page, live_server: Any) -> None:
    page.context.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.get_by_role("link", name="OpenAPI document")).to_be_visible()
    expect(page.get_by_text("988", exact=False).first).to_be_visible()
