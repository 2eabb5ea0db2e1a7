//! Pages that listen.

use futures_util::StreamExt;

use super::*;

/// The body of an answer that goes on, as it comes.
async fn listen(tested: &Tested, path: &str, session: &Cookie) -> axum::body::BodyDataStream {
    let asked = request(Method::GET, path, Some(session), "");
    let answer = tested.app.clone().oneshot(asked).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    answer.into_body().into_data_stream()
}

async fn next(stream: &mut axum::body::BodyDataStream) -> String {
    let event = stream.next().await.unwrap().unwrap();
    String::from_utf8(event.to_vec()).unwrap()
}

#[tokio::test]
async fn given_a_page_and_a_reconnect_then_no_event_is_missed_and_none_comes_twice() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Viewer);
    let topic = &tested.panel.live.overview;
    let page = tested.get("/", Some(&session)).await;
    let from = page.text.split("data-from=\"").nth(1).unwrap();
    let from = from.split('"').next().unwrap();
    for number in 1..=3 {
        topic.tell("part", &number.to_string());
    }
    let path = format!("/live/overview?from={from}");
    let mut stream = listen(&tested, &path, &session).await;
    let first = next(&mut stream).await;
    assert!(first.ends_with("event: part\ndata: 1\n\n"), "{first}");
    drop(stream);
    let id = first.lines().next().unwrap().strip_prefix("id: ").unwrap();
    let mut again = request(Method::GET, &path, Some(&session), "");
    again
        .headers_mut()
        .insert("last-event-id", id.parse().unwrap());
    let again = tested.app.clone().oneshot(again).await.unwrap();
    let mut stream = again.into_body().into_data_stream();
    assert!(next(&mut stream).await.ends_with("data: 2\n\n"));
    assert!(next(&mut stream).await.ends_with("data: 3\n\n"));
}

#[tokio::test]
async fn given_a_session_that_ends_then_its_pages_hear_no_more() {
    let tested = Tested::paused().await;
    let session = tested.session(Role::Viewer);
    let mut stream = listen(&tested, "/live/overview", &session).await;
    // The time that passes is taken to the next event there is: a sign of life.
    assert_eq!(next(&mut stream).await, ": still here\n\n");
    tested.panel.sessions.end_of("viewer", None);
    tested.panel.live.overview.tell("part", "{}");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn given_a_page_that_only_listens_then_its_session_ends_unless_its_user_may_only_look() {
    let tested = Tested::paused().await;
    for (role, minutes) in [
        (Role::Operator, 29..=31),
        (Role::Viewer, 12 * 60 - 1..=12 * 60 + 1),
    ] {
        let session = tested.session(role);
        let mut stream = listen(&tested, "/live/overview", &session).await;
        let began = tokio::time::Instant::now();
        while stream.next().await.is_some() {}
        let lasted = began.elapsed().as_secs() / 60;
        assert!(minutes.contains(&lasted), "{role:?}: {lasted} min");
    }
}

#[tokio::test]
async fn given_the_panels_end_then_what_goes_on_for_long_ends() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Viewer);
    let mut stream = listen(&tested, "/live/servers/eu", &session).await;
    tested.panel.ending.raise();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn given_the_panels_end_then_what_was_told_before_it_is_heard() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Viewer);
    let topic = &tested.panel.live.overview;
    let streams = [(); 8].map(|()| listen(&tested, "/live/overview", &session));
    for stream in streams {
        let mut stream = stream.await;
        topic.tell("part", "last");
        tested.panel.ending.raise();
        let mut heard = String::new();
        while let Some(event) = stream.next().await {
            heard.push_str(&String::from_utf8_lossy(&event.unwrap()));
        }
        assert!(heard.ends_with("data: last\n\n"), "{heard:?}");
    }
}

#[tokio::test]
async fn given_hostile_names_and_errors_then_pages_and_events_show_them_as_text() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Viewer);
    let hostile = "<img src=x onerror=alert(1)>\"'&\u{1b}[2J";
    let server = tested.panel.fleet.find("eu").unwrap();
    let mut stream = listen(&tested, "/live/logs/eu", &session).await;
    let line = dataflow_core::lifecycle::LogLine {
        container: hostile.to_owned(),
        at: "2026-11-24T12:00:00Z".parse().unwrap(),
        output: dataflow_core::lifecycle::LogOutput::Stdout,
        text: format!("{hostile}\ndata: {{}}\n\nevent: reset"),
    };
    crate::pages::logs::tell(&server.logs.topic, &[line]);
    let event = next(&mut stream).await;
    assert!(!event.contains("<img"), "{event}");
    // One line of data, whatever is in it.
    assert_eq!(event.matches('\n').count(), 4, "{event}");
    assert_eq!(event.matches("event: ").count(), 2, "{event}");
}
