//! Every route, and who may reach it.

use std::fmt::Write;

use super::*;
use crate::guard::Need;

/// An address that the route is for.
fn filled(path: &str) -> String {
    path.replace("{name}", "eu")
        .replace("{id}", "0123456789ab")
        .replace("{run}", "20261124T114500Z-4f2a")
        .replace("{file}", "app.css")
}

/// The whole of who may do what: a route that is added or changed has to be read here.
#[tokio::test]
async fn every_route_demands_what_this_table_says() {
    let tested = Tested::empty();
    let mut table = String::new();
    let mut all = app::routes(&tested.panel).all;
    all.sort_by_key(|route| (route.path, route.method.to_string()));
    for route in all {
        let need = match route.need {
            Need::Nobody => "nobody",
            Need::Role(role) => role.name(),
        };
        let _ = writeln!(table, "{need:13} {:6} {}", route.method, route.path);
    }
    insta::assert_snapshot!(table);
}

/// Asks every route as everybody: who has less than the role is refused, who has it is not.
#[tokio::test]
async fn nobody_reaches_a_route_without_its_role_and_everybody_with_it() {
    let tested = Tested::paused().await;
    for route in app::routes(&tested.panel).all {
        let Need::Role(least) = route.need else {
            continue;
        };
        let path = filled(route.path);
        let asked = format!("{} {path}", route.method);
        let without = request(route.method.clone(), &path, None, "");
        let without = tested.app.clone().oneshot(without).await.unwrap();
        let status = without.status();
        if route.method == Method::GET && !crate::refusal::is_for_programs(&path) {
            assert_eq!(status, StatusCode::SEE_OTHER, "{asked}");
        } else {
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{asked}");
        }
        for role in Role::ALL {
            let session = tested.session(role);
            let form = format!("csrf={}", session.csrf);
            let by_page = request(route.method.clone(), &path, Some(&session), &form);
            let by_page = tested.app.clone().oneshot(by_page).await.unwrap().status();
            assert_eq!(
                by_page == StatusCode::FORBIDDEN,
                role < least,
                "{asked} as {role:?}: {by_page}"
            );
            assert_ne!(by_page, StatusCode::UNAUTHORIZED, "{asked} as {role:?}");
        }
    }
}

/// Whatever changes something is refused to a page of somebody else, and without the token of the session.
#[tokio::test]
async fn nothing_is_changed_for_a_foreign_page_or_without_the_sessions_token() {
    let tested = Tested::new().await;
    let administrator = tested.session(Role::Administrator);
    let other = tested.session(Role::Administrator);
    let mut asked = 0;
    for route in app::routes(&tested.panel).all {
        if route.method == Method::GET {
            continue;
        }
        asked += 1;
        let path = filled(route.path);
        let form = |session: &Cookie| {
            let form = format!("csrf={}", session.csrf);
            request(route.method.clone(), &path, Some(&administrator), &form)
        };
        let sent =
            async |request: Request| tested.app.clone().oneshot(request).await.unwrap().status();
        let mut foreign = form(&administrator);
        let evil = "https://evil.example.com".parse().unwrap();
        foreign.headers_mut().insert(header::ORIGIN, evil);
        assert_eq!(sent(foreign).await, StatusCode::FORBIDDEN, "{path}");
        let mut unsaid = form(&administrator);
        unsaid.headers_mut().remove(header::ORIGIN);
        unsaid.headers_mut().remove("sec-fetch-site");
        assert_eq!(sent(unsaid).await, StatusCode::FORBIDDEN, "{path}");
        let mut sibling = form(&administrator);
        let site = "same-site".parse().unwrap();
        sibling.headers_mut().insert("sec-fetch-site", site);
        assert_eq!(sent(sibling).await, StatusCode::FORBIDDEN, "{path}");
        if matches!(route.need, Need::Role(_)) {
            assert_eq!(sent(form(&other)).await, StatusCode::FORBIDDEN, "{path}");
            let none = request(route.method.clone(), &path, Some(&administrator), "");
            assert_eq!(sent(none).await, StatusCode::FORBIDDEN, "{path}");
            let json = "application/json".parse().unwrap();
            let mut as_json = form(&administrator);
            as_json.headers_mut().insert(header::CONTENT_TYPE, json);
            assert_eq!(sent(as_json).await, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert!(asked > 10, "{asked}");
    assert_eq!(tested.deeds(), Vec::<String>::new());
}

/// Whatever is answered, browsers are told what they may do with it.
#[tokio::test]
async fn every_answer_has_a_strict_policy() {
    let tested = Tested::paused().await;
    let session = tested.session(Role::Administrator);
    let routes = app::routes(&tested.panel).all;
    let paths = routes
        .iter()
        .map(|route| (route.method.clone(), filled(route.path)));
    let odd = ["/nowhere", "/api/v1/nowhere", "/assets/none.js", "/%ff"];
    let odd = odd.into_iter().map(|path| (Method::GET, path.to_owned()));
    for (method, path) in paths.chain(odd) {
        for session in [None, Some(&session)] {
            let asked = request(method.clone(), &path, session, "");
            let answer = tested.app.clone().oneshot(asked).await.unwrap();
            let header = |name: &str| {
                let value = answer.headers().get(name);
                value.map_or("", |value| value.to_str().unwrap()).to_owned()
            };
            let policy = header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self';"),
                "{path}: {policy}"
            );
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("x-frame-options"), "DENY", "{path}");
            assert_ne!(header("cache-control"), "", "{path}");
        }
    }
}

#[tokio::test]
async fn a_name_that_was_pointed_here_by_somebody_else_is_refused() {
    let tested = Tested::new().await;
    for path in ["/sign-in", "/", "/api/v1/servers"] {
        let mut rebound = request(Method::GET, path, None, "");
        let host = "evil.example.com:8780".parse().unwrap();
        rebound.headers_mut().insert(header::HOST, host);
        let answer = tested.ask(rebound).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
}
