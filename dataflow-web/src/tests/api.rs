//! The API: its shape, its refusals, its description.

use std::collections::BTreeSet;

use utoipa::OpenApi;

use super::*;
use crate::api::document::Document;

#[tokio::test]
async fn every_route_of_the_api_is_described_and_nothing_else() {
    let tested = Tested::empty();
    let routes = app::routes(&tested.panel).all.into_iter();
    let routes: BTreeSet<_> = routes
        .filter(|route| route.path.starts_with("/api/v1/") && !route.path.ends_with(".json"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let document = serde_json::to_value(Document::openapi()).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert_eq!(routes, described);
    let served = tested.get("/api/v1/openapi.json", None).await;
    assert_eq!(served.json(), document);
}

#[tokio::test]
async fn whatever_is_refused_is_a_problem_as_rfc_9457_has_it_and_is_described() {
    let tested = Tested::new().await;
    let token = tested.token(Role::Administrator).await;
    let viewer = tested.token(Role::Viewer).await;
    let runs = "/api/v1/servers/eu/runs";
    let large = format!(r#"{{"verb":"{}"}}"#, "x".repeat(70_000));
    let mut form = program(Method::POST, runs, &token, "verb=run");
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    form.headers_mut().insert(header::CONTENT_TYPE, kind);
    for (asked, status) in [
        (program(Method::GET, "/api/v1/servers", "wrong", ""), 401),
        (program(Method::POST, runs, &viewer, "{}"), 403),
        (
            program(Method::GET, "/api/v1/servers/none", &token, ""),
            404,
        ),
        (program(Method::GET, "/api/v1/nowhere", &token, ""), 404),
        (program(Method::PUT, "/api/v1/servers", &token, "{}"), 405),
        (program(Method::POST, runs, &token, "{"), 400),
        (
            program(Method::POST, runs, &token, r#"{"verb":"dance"}"#),
            422,
        ),
        (
            program(Method::POST, runs, &token, r#"{"verb":"run","x":1}"#),
            422,
        ),
        (
            program(
                Method::POST,
                runs,
                &token,
                r#"{"verb":"stop","image":"a:1"}"#,
            ),
            409,
        ),
        (program(Method::POST, runs, &token, &large), 413),
        (form, 415),
        (
            program(Method::GET, "/api/v1/servers/eu/logs?lines=0", &token, ""),
            400,
        ),
        (
            program(Method::GET, "/api/v1/servers/eu/logs?lines=x", &token, ""),
            400,
        ),
        (program(Method::GET, "/api/v1/servers/%ff", &token, ""), 400),
    ] {
        let what = format!("{} {}", asked.method(), asked.uri());
        let answer = tested.ask(asked).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text);
        let kind = answer.header(header::CONTENT_TYPE);
        assert_eq!(kind, "application/problem+json", "{what}");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{what}");
        for field in ["type", "title", "detail"] {
            assert!(
                problem[field].as_str().is_some_and(|text| !text.is_empty()),
                "{what}: {problem}"
            );
        }
        if status == 405 {
            assert_eq!(answer.header(header::ALLOW), "GET,HEAD", "{what}");
        }
    }
}

#[tokio::test]
async fn given_the_same_state_then_servers_are_told_once_and_after_that_that_nothing_has_changed() {
    let tested = Tested::new().await;
    let token = tested.token(Role::Viewer).await;
    let ask = || program(Method::GET, "/api/v1/servers", &token, "");
    let first = tested.ask(ask()).await;
    assert_eq!(first.json()["servers"][0]["name"], "eu");
    assert_eq!(first.json()["servers"][1]["standing"], "unknown");
    let mut again = ask();
    let tag = first.headers[header::ETAG].clone();
    again.headers_mut().insert(header::IF_NONE_MATCH, tag);
    let again = tested.ask(again).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.text, "");
}

#[tokio::test]
async fn given_a_server_that_does_not_answer_when_something_is_started_then_why_it_failed_is_told_and_on_record()
 {
    let tested = Tested::new().await;
    let token = tested.token(Role::Operator).await;
    let runs = "/api/v1/servers/eu/runs";
    let started = tested
        .ask(program(Method::POST, runs, &token, r#"{"verb":"start"}"#))
        .await;
    assert_eq!(started.status, StatusCode::CREATED, "{}", started.text);
    let place = started.header(header::LOCATION).to_owned();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    let over = loop {
        let now = tested
            .ask(program(Method::GET, &place, &token, ""))
            .await
            .json();
        if now["standing"]["state"] == "over" {
            break now;
        }
        assert!(tokio::time::Instant::now() < deadline, "{now}");
        tokio::task::yield_now().await;
    };
    assert_eq!(over["standing"]["outcome"], "failed", "{over}");
    assert_eq!(over["standing"]["trouble"]["kind"], "unreachable", "{over}");
    assert_eq!(tested.deeds(), ["token operator: start eu"]);
    let metrics = tested
        .ask(program(Method::GET, "/metrics", &token, ""))
        .await;
    let counted = "dataflow_runs_total{verb=\"start\",outcome=\"failed\"} 1";
    assert!(metrics.text.contains(counted), "{}", metrics.text);
}

#[tokio::test]
async fn given_a_dangerous_form_then_the_servers_name_is_to_be_typed() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Operator);
    for form in [
        "verb=rm",
        "verb=rm&confirm=us",
        "verb=stop&confirm=",
        "verb=unlock&confirm=EU",
    ] {
        let refused = tested.send("/servers/eu/runs", Some(&session), form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert_eq!(tested.deeds(), Vec::<String>::new());
    let typed = tested
        .send("/servers/eu/runs", Some(&session), "verb=rm&confirm=eu")
        .await;
    assert_eq!(typed.status, StatusCode::SEE_OTHER, "{}", typed.text);
    assert_eq!(tested.deeds(), ["operator: rm eu"]);
}
