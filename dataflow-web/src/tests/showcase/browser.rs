//! What a real browser makes of it.

use std::{path::Path, time::Duration};

use dataflow_browser::{Browser, SOON};

use super::*;

async fn sign_in(browser: &Browser, showcase: &Showcase, name: &str) {
    browser.go(&showcase.url("/sign-in")).await;
    browser.fill("name", name).await;
    browser.fill("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.sees("Sign out", SOON).await;
}

/// What complaints are about that belong to the page: it is refused, and says so.
fn is_expected(complaint: &str) -> bool {
    complaint.contains("Failed to load resource: the server responded with a status of 4")
}

#[tokio::test]
async fn no_page_has_a_serious_fault_and_none_takes_text_of_a_server_for_more_than_text() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    browser.resize(1280, 900).await;
    browser.go(&showcase.url("/sign-in")).await;
    let mut faults = Vec::new();
    let mut note = |page: &str, theme: &str, found: Vec<String>| {
        faults.extend(
            found
                .into_iter()
                .map(|fault| format!("{page}, {theme}: {fault}")),
        );
    };
    for theme in ["light", "dark"] {
        browser.prefer(theme).await;
        note("sign-in", theme, browser.faults().await);
    }
    sign_in(&browser, &showcase, "administrator").await;
    for page in &showcase.pages {
        browser.prefer("light").await;
        browser.go(&showcase.url(&page.path)).await;
        browser.sees(page.shows, SOON).await;
        note(page.name, "light", browser.faults().await);
        browser.prefer("dark").await;
        note(page.name, "dark", browser.faults().await);
        let wide = browser.run(
            "return document.documentElement.scrollWidth > innerWidth",
            vec![],
        );
        assert_eq!(wide.await, false, "{} is wider than the screen", page.name);
        browser.resize(360, 740).await;
        let wide = browser.run(
            "return document.documentElement.scrollWidth > innerWidth",
            vec![],
        );
        assert_eq!(
            wide.await,
            false,
            "{} is wider than a small screen",
            page.name
        );
        note(page.name, "dark and small", browser.faults().await);
        browser.resize(1280, 900).await;
        let title = browser.client().title().await.unwrap();
        assert!(!title.contains("owned"), "{}: {title}", page.name);
        let made = browser.run(
            "return document.querySelectorAll('img, main script').length",
            vec![],
        );
        assert_eq!(made.await, 0, "{}: text became elements", page.name);
    }
    let complaints = browser.complaints().await;
    let complaints: Vec<_> = complaints.iter().filter(|c| !is_expected(c)).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn what_is_told_live_is_shown_without_loading_the_page_again() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    sign_in(&browser, &showcase, "viewer").await;
    let run = showcase
        .pages
        .iter()
        .find(|page| page.name == "run-at-work")
        .unwrap();
    browser.go(&showcase.url(&run.path)).await;
    browser.sees("live", SOON).await;
    browser.run("window.here = true", vec![]).await;
    let id = run.path.rsplit('/').next().unwrap();
    let run = showcase.tested.panel.runs.find(id).unwrap();
    run.hears(dataflow_core::lifecycle::Event::StepDone {
        number: 2,
        what: "create portsip.dataflow".to_owned(),
        elapsed: Duration::from_secs(3),
    });
    run.hears(dataflow_core::lifecycle::Event::PuttingBack {
        what: HOSTILE.to_owned(),
    });
    browser.sees("onerror", SOON).await;
    let done = browser.run(
        "return [...document.querySelectorAll('#events .state')].map((s) => s.textContent)",
        vec![],
    );
    assert_eq!(
        done.await,
        serde_json::json!(["warning", "done", "done", "putting back"])
    );
    assert_eq!(browser.run("return window.here", vec![]).await, true);
    assert!(!browser.client().title().await.unwrap().contains("owned"));
    assert!(
        !browser.text().await.contains("Stop and put back"),
        "a viewer is offered what is not theirs"
    );
}

#[tokio::test]
async fn logs_are_searched_and_paused_and_keys_lead_to_pages() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    sign_in(&browser, &showcase, "viewer").await;
    browser.go(&showcase.url("/servers/frankfurt/logs")).await;
    browser.sees("60 of 60 lines", SOON).await;
    browser.fill("q", "MERGED").await;
    browser.sees("9 of 60 lines", SOON).await;
    let marked = browser.run(
        "return document.querySelector('#log mark').textContent",
        vec![],
    );
    assert_eq!(marked.await, "merged");
    browser.press("Pause").await;
    let server = showcase.tested.panel.fleet.find("frankfurt").unwrap();
    server.logs.take(vec![states::line(
        0,
        "portsip.dataflow",
        dataflow_core::lifecycle::LogOutput::Stdout,
        "merged by hand",
    )]);
    browser.sees("Go on (1 new)", SOON).await;
    browser.press("Go on (1 new)").await;
    browser.sees("10 of 61 lines", SOON).await;
    browser.sees("merged by hand", SOON).await;
    let body = browser.find("main").await;
    body.send_keys("gp").await.unwrap();
    browser.sees("What run would do", SOON).await;
    assert_eq!(browser.path().await, "/servers/frankfurt/plan");
}

#[tokio::test]
async fn the_theme_is_chosen_with_and_without_script_and_stays() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    browser.go(&showcase.url("/sign-in")).await;
    let ground = "return getComputedStyle(document.body).backgroundColor";
    let light = browser.run(ground, vec![]).await;
    browser.press("Dark").await;
    let chosen = "return document.documentElement.dataset.theme";
    let until = std::time::Instant::now() + SOON;
    while browser.run(chosen, vec![]).await != "dark" {
        assert!(std::time::Instant::now() < until, "nothing was chosen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let dark = browser.run(ground, vec![]).await;
    assert_ne!(light, dark);
    browser.go(&showcase.url("/sign-in?next=/keys")).await;
    assert_eq!(browser.run(ground, vec![]).await, dark);
    browser.allow_script(false).await;
    browser.go(&showcase.url("/sign-in?next=/keys")).await;
    browser.press("Light").await;
    browser.find("html[data-theme=light]").await;
    assert_eq!(browser.path().await, "/sign-in");
}

#[tokio::test]
async fn without_script_a_page_is_whole_and_says_how_it_is_renewed() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    browser.allow_script(false).await;
    sign_in(&browser, &showcase, "operator").await;
    browser
        .go(&showcase.url("/servers/frankfurt/logs?q=merged"))
        .await;
    browser.sees("9 lines", SOON).await;
    browser.sees("Without script", SOON).await;
    browser
        .go(&showcase.url("/servers/frankfurt/do/stop"))
        .await;
    browser.fill("confirm", "london").await;
    browser.press("Stop").await;
    browser
        .sees("This is not the name: frankfurt. Nothing was done.", SOON)
        .await;
    assert!(showcase.tested.panel.runs.at_work_on("frankfurt").is_none());
}

/// Pictures of every page in both themes and three widths: `cargo xtask screenshots` asks for them.
#[tokio::test]
#[ignore = "it takes pictures to be looked at"]
async fn pictures() {
    let directory = std::env::var_os("PICTURES").expect("PICTURES names a directory");
    let directory = Path::new(&directory);
    let only = std::env::var("ONLY").unwrap_or_default();
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    let empty = Showcase::serve(Tested::with("pbx = \"192.0.2.10\"").await, Vec::new()).await;
    take(&browser, directory, "sign-in", &showcase.url("/sign-in")).await;
    sign_in(&browser, &empty, "administrator").await;
    if "overview-nothing".contains(&only) {
        take(&browser, directory, "overview-nothing", &empty.url("/")).await;
    }
    sign_in(&browser, &showcase, "administrator").await;
    for page in showcase
        .pages
        .iter()
        .filter(|page| page.name.contains(&only))
    {
        take(&browser, directory, page.name, &showcase.url(&page.path)).await;
    }
}

async fn take(browser: &Browser, directory: &Path, name: &str, address: &str) {
    for (width, height) in [(360, 740), (1280, 800), (3840, 2160)] {
        browser.resize(width, height).await;
        for theme in ["light", "dark"] {
            browser.prefer(theme).await;
            browser.go(address).await;
            let file = directory.join(format!("{name}-{width}-{theme}.png"));
            std::fs::write(file, browser.picture().await.0).unwrap();
        }
    }
}
