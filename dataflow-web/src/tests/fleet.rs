//! The settings file while the panel runs.

use std::time::Duration;

use super::*;

/// Waits until the panel knows servers of these names.
async fn knows(tested: &Tested, names: &[&str]) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        let servers = tested.panel.fleet.servers();
        if servers
            .iter()
            .map(|server| server.name())
            .eq(names.iter().copied())
        {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "{names:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn given_a_settings_file_that_is_changed_then_servers_come_and_go_and_one_that_is_wrong_changes_nothing()
 {
    let tested = Tested::new().await;
    let token = tested.token(Role::Viewer).await;
    let settings = tested.state.path().join("dataflow.toml");
    tested.panel.fleet.watch(&tested.panel);
    let eu = tested.panel.fleet.find("eu").unwrap();
    knows(&tested, &["eu", "us"]).await;
    let changed = SETTINGS.replace("[servers.us]", "[servers.asia]");
    std::fs::write(&settings, &changed).unwrap();
    knows(&tested, &["eu", "asia"]).await;
    assert!(std::sync::Arc::ptr_eq(
        &eu,
        &tested.panel.fleet.find("eu").unwrap()
    ));
    let gone = program(Method::GET, "/api/v1/servers/us", &token, "");
    assert_eq!(tested.ask(gone).await.status, StatusCode::NOT_FOUND);
    std::fs::write(&settings, format!("{changed}\nnonsense = 1\n")).unwrap();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while tested.panel.fleet.wrong().is_none() {
        assert!(tokio::time::Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    knows(&tested, &["eu", "asia"]).await;
    let page = tested.get("/", Some(&tested.session(Role::Viewer))).await;
    assert!(
        page.text.contains("The settings file is wrong now"),
        "{}",
        page.text
    );
    tested.panel.ending.raise();
}

#[tokio::test]
async fn given_no_settings_file_yet_then_there_is_a_page_and_no_server() {
    let state = tempfile::tempdir().unwrap();
    let fleet = crate::fleet::Fleet::open(&state.path().join("none.toml")).unwrap();
    assert_eq!(fleet.servers().len(), 0);
}
