use std::time::Duration;

use axum::http::header;
use serde_json::json;

use super::Client;
use super::client::SERVER;
use crate::controls::Controls;
use crate::world::Beginning;

#[tokio::test]
async fn given_throttling_when_asked_then_so_many_requests_are_refused_with_the_header_that_was_set()
 {
    let client = Client::new();
    client.world.lock().controls.throttle_next = 2;
    let first = client.get("/api/info").await;
    assert_eq!(first.refusal(), (429, "UNKNOWN".to_owned(), String::new()));
    assert!(!first.headers.contains_key(header::RETRY_AFTER));
    client.world.lock().controls.retry_after = Some(7);
    let second = client.get("/api/info").await;
    assert_eq!(second.headers[header::RETRY_AFTER], "7");
    assert_eq!(client.get("/api/info").await.status, 200);
}

#[tokio::test]
async fn given_a_limit_of_requests_a_minute_when_it_is_reached_then_only_who_is_on_the_whitelist_goes_on()
 {
    let mut client = Client::new();
    client.world.lock().begin(Beginning::ByHand);
    client.world.lock().controls.requests_per_minute = 0;
    assert_eq!(client.get("/api/info").await.refusal().0, 429);
    client.from = SERVER;
    assert_eq!(client.get("/api/info").await.status, 200);
}

#[tokio::test]
async fn given_a_page_of_html_when_asked_then_it_comes_with_its_status() {
    let client = Client::new();
    client.world.lock().controls.html = Some(502);
    let page = client.get("/api/info").await;
    assert_eq!(page.status, 502);
    assert_eq!(
        page.headers[header::CONTENT_TYPE],
        "text/html; charset=utf-8"
    );
    assert!(page.text.starts_with("<html>"));
}

#[tokio::test]
async fn given_a_pbx_that_hangs_when_asked_then_no_answer_is_given_and_none_is_on_record() {
    let client = Client::new();
    client.world.lock().controls.hang = true;
    let asked = tokio::time::timeout(Duration::from_millis(50), client.get("/api/info"));
    assert!(asked.await.is_err());
    assert_eq!(client.world.lock().seen.all()[0].status, None);
}

#[tokio::test]
async fn given_a_clock_that_is_off_when_asked_then_the_header_date_tells_it() {
    let client = Client::new();
    client.world.lock().controls.clock_offset = -86_400 * 365;
    let answer = client.get("/api/info").await;
    let date = answer.headers[header::DATE].to_str().expect("a date");
    let date = jiff::fmt::rfc2822::parse(date).expect("a date of HTTP");
    let behind = jiff::Timestamp::now().duration_since(date.timestamp());
    assert_eq!((behind.as_secs() + 5) / 86_400, 365);
}

#[test]
fn given_controls_when_some_are_set_then_the_others_stay_and_unknown_ones_are_refused() {
    let controls = Controls::default();
    let set = controls.with(&json!({ "delay": 5, "certificate": "wrong-name" }));
    let set = set.expect("known controls");
    assert_eq!(set.delay, 5);
    assert_eq!(set.version, controls.version);
    let back = set.with(&json!({ "delay": 0, "certificate": "good" }));
    assert_eq!(back, Ok(controls.clone()));
    for wrong in [
        json!({ "speed": 5 }),
        json!({ "delay": "long" }),
        json!({ "certificate": "bad" }),
        json!([]),
    ] {
        assert!(controls.with(&wrong).is_err(), "{wrong}");
    }
}
