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
    // The engine does see faults.
    let button = "document.querySelector('main').append(document.createElement('button'))";
    browser.run(button, vec![]).await;
    assert_eq!(browser.faults().await.len(), 1);
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
        serde_json::json!(["warning", "done", "done", "put back"])
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

#[tokio::test]
async fn a_preflight_that_is_run_again_shows_what_it_found_by_itself() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    sign_in(&browser, &showcase, "operator").await;
    browser
        .go(&showcase.url("/servers/frankfurt/preflight"))
        .await;
    browser.press("Run again").await;
    browser.sees("being checked now", SOON).await;
    browser.sees("live", SOON).await;
    let server = showcase.tested.panel.fleet.find("frankfurt").unwrap();
    server.change(|seen| {
        seen.looking = false;
        seen.fitness
            .take(Ok(servers::fitness("7 GiB free", true, 7)));
    });
    browser.sees("7 GiB free", SOON).await;
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

#[tokio::test]
async fn who_has_not_signed_in_sees_the_sign_in_and_then_what_was_asked_for() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    browser.go(&showcase.url("/servers/london/plan")).await;
    assert_eq!(browser.path().await, "/sign-in");
    browser.fill("name", "viewer").await;
    browser.fill("password", "wrong horse battery").await;
    browser.press("Sign in").await;
    browser
        .sees("This name and this password do not go together.", SOON)
        .await;
    browser.fill("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.sees("london: plan", SOON).await;
    let offered = browser.text().await;
    assert!(!offered.contains("Deploy or repair"), "{offered}");
    // What is not offered is refused, too.
    browser.go(&showcase.url("/servers/london/do/stop")).await;
    browser.sees("This is for another role", SOON).await;
    browser.go(&showcase.url("/users")).await;
    browser.sees("This is for another role", SOON).await;
}

#[tokio::test]
async fn a_form_of_a_session_that_is_over_does_nothing() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    sign_in(&browser, &showcase, "operator").await;
    browser
        .go(&showcase.url("/servers/frankfurt/do/stop"))
        .await;
    browser.fill("confirm", "frankfurt").await;
    // The same browser signs in again in between: its cookie is good, this page is of before.
    let again = "const said = new URLSearchParams({ name: 'operator', password: arguments[0] });
        const done = arguments[1];
        fetch('/sign-in', { method: 'POST', body: said }).then((answer) => done(answer.ok));";
    let signed_in = browser.client().execute_async(again, vec![PASSWORD.into()]);
    assert_eq!(signed_in.await.unwrap(), true);
    browser.press("Stop").await;
    browser.sees("This page is out of date", SOON).await;
    assert!(
        !showcase
            .tested
            .deeds()
            .iter()
            .any(|deed| deed.contains("stop"))
    );
}

#[tokio::test]
async fn a_page_of_another_origin_does_nothing_in_somebodys_name() {
    let (showcase, browser) = (Showcase::open().await, Browser::open().await);
    sign_in(&browser, &showcase, "operator").await;
    let csrf = browser
        .run("return document.querySelector('[name=csrf]').value", vec![])
        .await;
    // On the same machine, so that the cookie is sent along, and with a token that is right.
    let form = format!(
        r#"<form method="post" action="{}"><input name="csrf" value={csrf}><input name="verb" value="start"><button>Win</button></form>"#,
        showcase.url("/servers/frankfurt/runs")
    );
    let elsewhere = foreign(form).await;
    browser.go(&format!("http://{elsewhere}/")).await;
    browser.press("Win").await;
    browser.sees("This did not come from here", SOON).await;
    assert!(
        showcase
            .tested
            .panel
            .runs
            .newest_on("frankfurt")
            .is_none_or(|run| run.by() == "alice")
    );
    assert!(
        !showcase
            .tested
            .deeds()
            .iter()
            .any(|deed| deed.contains("start"))
    );
}

/// Somebody else's page on this machine.
async fn foreign(page: String) -> SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{page}",
                page.len()
            );
            tokio::spawn(async move {
                let _asked = stream.read(&mut [0; 4096]).await;
                let _answered = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    address
}
