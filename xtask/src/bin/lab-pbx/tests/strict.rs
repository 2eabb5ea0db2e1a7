use axum::body::Body;
use axum::http::header;
use serde_json::{Value, json};

use super::Client;

#[tokio::test]
async fn given_no_token_when_asked_then_only_info_and_signing_in_are_open() {
    let client = Client::new();
    assert_eq!(client.get("/api/info").await.status, 200);
    for path in [
        "/api/admin/status",
        "/api/auth/user",
        "/api/ip_filters",
        "/api/ip_filters/x",
        "/api/lab/dataflow_token",
    ] {
        assert_eq!(client.get(path).await.refusal().0, 401, "{path}");
    }
    let destroy = client.post("/api/ip_filters/x/destroy", Value::Null).await;
    assert_eq!(destroy.refusal().0, 401);
}

#[tokio::test]
async fn given_a_path_that_is_not_documented_when_asked_then_it_is_not_found() {
    let client = Client::signed_in().await;
    for path in [
        "/",
        "/api",
        "/api/",
        "/api/nothing",
        "/api/ip_filters/",
        "/api/dataflow/token",
        "/api/auth",
        "/ip_filters",
    ] {
        assert_eq!(client.get(path).await.refusal().0, 404, "{path}");
    }
}

#[tokio::test]
async fn given_a_method_that_is_not_documented_when_asked_then_it_is_not_allowed() {
    let client = Client::signed_in().await;
    for (method, path) in [
        ("DELETE", "/api/ip_filters/x"),
        ("PUT", "/api/ip_filters/x"),
        ("PATCH", "/api/ip_filters/x"),
        ("GET", "/api/ip_filters/x/destroy"),
        ("GET", "/api/auth/sign_in"),
        ("POST", "/api/admin/status"),
        ("POST", "/api/info"),
    ] {
        let refused = client
            .send(client.request(method, path).body(Body::empty()))
            .await;
        assert_eq!(refused.refusal().0, 405, "{method} {path}");
    }
    let head = client.request("HEAD", "/api/info").body(Body::empty());
    assert_eq!(client.send(head).await.status, 405);
}

#[tokio::test]
async fn given_a_body_that_is_no_json_or_does_not_say_so_when_sent_then_it_is_refused() {
    let client = Client::signed_in().await;
    let rule = json!({ "cidr": "192.0.2.1/32", "target": "ACCEPT" }).to_string();
    let post = || client.request("POST", "/api/ip_filters");
    let silent = client.send(post().body(Body::from(rule.clone()))).await;
    assert_eq!(silent.refusal().0, 415);
    let form = post().header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(
        client
            .send(form.body(Body::from(rule.clone())))
            .await
            .refusal()
            .0,
        415
    );
    let cut = post().header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    let cut = client
        .send(cut.body(Body::from(rule[1..].to_owned())))
        .await;
    assert!(cut.is_invalid("body"));
    assert_eq!(client.world.lock().ip_filters.all().len(), 0);
}

#[tokio::test]
async fn given_a_status_when_asked_then_it_has_every_documented_field() {
    let client = Client::signed_in().await;
    client.world.lock().controls.version = "22.4.0".to_owned();
    let status = client.get("/api/admin/status").await.json();
    assert_eq!(status["version"], "22.4.0");
    let fields = status.as_object().expect("an object");
    for field in ["current_calls", "calls_in_24_hours", "license_key", "news"] {
        assert!(fields.contains_key(field), "{field}");
    }
}

#[tokio::test]
async fn given_requests_when_they_were_answered_then_they_are_on_record_in_order() {
    let client = Client::new();
    client.get("/api/info").await;
    client.get("/api/ip_filters?top=1").await;
    let seen: Vec<(String, Option<u16>)> = client
        .world
        .lock()
        .seen
        .all()
        .into_iter()
        .map(|request| {
            (
                format!("{} {}", request.method, request.path),
                request.status,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("GET /api/info".to_owned(), Some(200)),
            ("GET /api/ip_filters?top=1".to_owned(), Some(401)),
        ]
    );
}
