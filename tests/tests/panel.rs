//! The control panel in a real browser, on the lab: from the first sign-in to the last sign-out.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::{Duration, Instant};

use dataflow_browser::{Browser, SOON};
use dataflow_tests::{Lab, Panel, SERVICE};

/// How long a deployment of the lab may take.
const PATIENCE: Duration = Duration::from_secs(150);

const PASSWORD: &str = "correct horse battery";

/// Waits for the end of a run, saying yes where it asks.
async fn ends(browser: &Browser, with: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let text = browser.text().await;
        if text.contains(with) {
            return;
        }
        assert!(
            Instant::now() < until && (with == "It failed" || !text.contains("It failed")),
            "not {with:?}, but:\n{text}"
        );
        if text.contains("Go ahead") {
            browser.press("Go ahead").await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn an_operator_deploys_watches_upgrades_and_sees_why_an_upgrade_failed() {
    let lab = Lab::empty();
    lab.forget_images(&["portsip/pbx:22.4", "portsip/pbx:crashes"]);
    let panel = Panel::start(&lab.settings);
    let browser = Browser::open().await;
    let server = lab.server.address.clone();
    let page = |path: &str| panel.url(&format!("/servers/{server}{path}"));

    // The first sign-in.
    browser.go(panel.link()).await;
    browser.fill("name", "alice").await;
    browser.fill("password", PASSWORD).await;
    browser.fill("again", PASSWORD).await;
    browser.press("Set password").await;
    browser.sees("alice, administrator", SOON).await;
    browser.sees("not deployed", PATIENCE).await;

    // Preflight, again on demand.
    browser.follow(&server).await;
    browser.sees("Nothing is deployed here", SOON).await;
    browser.go(&page("/preflight")).await;
    browser.press("Run again").await;
    let until = Instant::now() + PATIENCE;
    while !browser.text().await.contains("checked ") {
        assert!(Instant::now() < until, "no report");
        tokio::time::sleep(Duration::from_millis(200)).await;
        browser.go(&page("/preflight")).await;
    }
    browser.sees("Must not be there", SOON).await;

    // Plan, confirm, and the run as it goes on.
    browser.follow("Plan").await;
    browser.press("Deploy or repair").await;
    browser.sees("What it does", SOON).await;
    browser.sees("Has the server's lock", PATIENCE).await;
    // A reload in the middle shows what was told before, and goes on.
    browser.client().refresh().await.expect("a reload");
    browser.sees("Has the server's lock", SOON).await;
    ends(&browser, "Data Flow is as wanted and works").await;
    assert!(lab.inspect(SERVICE)["State"]["Running"] == true);

    // Its page shows it without being loaded again, and the journal has the run.
    browser.go(&page("")).await;
    browser.sees("running", PATIENCE).await;
    browser.go(&page("/history")).await;
    browser.sees("alice (by", PATIENCE).await;

    // An upgrade, with the server's name typed.
    browser.go(&page("/do/upgrade")).await;
    browser.fill("image", "portsip/pbx:22.4").await;
    browser
        .find("[name=allow_mismatch]")
        .await
        .click()
        .await
        .expect("the box is ticked");
    browser.fill("confirm", &server).await;
    browser.press("Upgrade").await;
    ends(&browser, "Data Flow is upgraded and works").await;

    // One that fails says why, and what to do next; what was before runs.
    browser.go(&page("/do/upgrade")).await;
    browser.fill("image", "portsip/pbx:crashes").await;
    browser
        .find("[name=allow_mismatch]")
        .await
        .click()
        .await
        .expect("the box is ticked");
    browser
        .find("[name=allow_downgrade]")
        .await
        .click()
        .await
        .expect("the box is ticked");
    browser.fill("confirm", &server).await;
    browser.press("Upgrade").await;
    ends(&browser, "It failed").await;
    browser.sees("Next: ", SOON).await;
    assert!(lab.inspect(SERVICE)["Config"]["Image"] == "portsip/pbx:22.4");

    // Logs as they are written.
    browser.go(&page("/logs")).await;
    browser.sees("read as they are written", PATIENCE).await;
    browser.find("#log li").await;

    // After signing out, nothing is to be seen.
    browser.press("Sign out").await;
    browser.sees("Password", SOON).await;
    browser.go(&page("")).await;
    browser.sees("Password", SOON).await;
    assert_eq!(browser.path().await, "/sign-in");
}
