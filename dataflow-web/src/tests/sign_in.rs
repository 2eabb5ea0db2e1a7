//! Signing in, and what ends it.

use std::time::Duration;

use super::*;

fn cookie_of(answer: &Answered) -> Cookie {
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut set = set.map(|cookie| cookie.to_str().unwrap());
    let cookie = set.find(|cookie| cookie.starts_with(COOKIE)).unwrap();
    Cookie {
        cookie: cookie.split(';').next().unwrap().to_owned(),
        csrf: String::new(),
    }
}

async fn try_as(tested: &Tested, name: &str, password: &str) -> Answered {
    let form = format!("name={name}&password={}", password.replace(' ', "+"));
    tested.send("/sign-in", None, &form).await
}

#[tokio::test]
async fn given_the_first_start_when_the_link_is_followed_then_there_is_one_administrator_and_the_link_is_used_up()
 {
    let tested = Tested::empty();
    let hour = Duration::from_secs(3600);
    let link = tested
        .panel
        .accounts
        .invite(None, Role::Administrator, hour);
    let link = link.await.unwrap();
    let shown = tested
        .get(&format!("/welcome?link={}", link.text()), None)
        .await;
    assert_eq!(shown.status, StatusCode::OK);
    let form = |password: &str, again: &str| {
        format!(
            "link={}&name=alice&password={password}&again={again}",
            link.text()
        )
    };
    let short = tested.send("/welcome", None, &form("short", "short")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let differ = form("correct+horse+battery", "correct+horse+staple");
    let differ = tested.send("/welcome", None, &differ).await;
    assert_eq!(differ.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = form("correct+horse+battery", "correct+horse+battery");
    let accepted = tested.send("/welcome", None, &right).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);
    let page = tested.get("/", Some(&cookie_of(&accepted))).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("alice, administrator"));
    let again = tested.send("/welcome", None, &right).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(tested.deeds(), ["alice: signed in"]);
    let file = std::fs::read_to_string(tested.state.path().join("state/users.json")).unwrap();
    assert!(!file.contains("correct horse"), "{file}");
    assert!(!file.contains(link.text()), "{file}");
}

#[tokio::test]
async fn given_a_link_that_is_too_old_then_it_is_not_followed() {
    let tested = Tested::empty();
    let link = tested
        .panel
        .accounts
        .invite(None, Role::Administrator, Duration::ZERO);
    let link = link.await.unwrap();
    let shown = tested
        .get(&format!("/welcome?link={}", link.text()), None)
        .await;
    assert_eq!(shown.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn given_name_and_password_then_the_session_is_in_a_cookie_that_no_other_host_and_no_script_can_have()
 {
    let tested = Tested::new().await;
    let answer = try_as(&tested, "operator", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let page = tested.get("/", Some(&cookie_of(&answer))).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(tested.deeds(), ["operator: signed in"]);
}

#[tokio::test]
async fn given_a_wrong_password_or_a_name_that_nobody_has_then_both_are_told_the_same() {
    let tested = Tested::new().await;
    let wrong = try_as(&tested, "operator", "something else").await;
    let nobody = try_as(&tested, "mallory", "something else").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        wrong.text.replace("operator", "NAME"),
        nobody.text.replace("mallory", "NAME")
    );
    assert!(wrong.headers.get(header::SET_COOKIE).is_none());
    assert_eq!(
        tested.deeds(),
        [
            "somebody unknown: failed to sign in",
            "operator: failed to sign in"
        ]
    );
}

#[tokio::test]
async fn given_many_wrong_passwords_then_even_the_right_one_has_to_wait_but_not_in_a_browser_that_is_known()
 {
    let tested = Tested::new().await;
    let known = try_as(&tested, "operator", PASSWORD).await;
    let cookies: Vec<_> = known
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|cookie| {
            cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    for _ in 0..5 {
        let wrong = try_as(&tested, "operator", "something else").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    let right = try_as(&tested, "operator", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    assert_ne!(right.header(header::RETRY_AFTER), "");
    let form = format!("name=operator&password={}", PASSWORD.replace(' ', "+"));
    let mut here = request(Method::POST, "/sign-in", None, &form);
    let cookies = cookies.join("; ").parse().unwrap();
    here.headers_mut().insert(header::COOKIE, cookies);
    let here = tested.ask(here).await;
    assert_eq!(here.status, StatusCode::SEE_OTHER, "{}", here.text);
    let other = try_as(&tested, "viewer", PASSWORD).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn given_a_session_when_signed_out_then_its_cookie_is_worth_nothing() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Viewer);
    assert_eq!(tested.get("/", Some(&session)).await.status, StatusCode::OK);
    let out = tested.send("/sign-out", Some(&session), "").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert!(out.header(header::SET_COOKIE).contains("Max-Age=0"));
    let after = tested.get("/", Some(&session)).await;
    assert_eq!(after.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn given_a_session_that_nobody_uses_then_it_ends() {
    let tested = Tested::paused().await;
    let session = tested.session(Role::Viewer);
    tokio::time::advance(Duration::from_secs(29 * 60)).await;
    assert_eq!(tested.get("/", Some(&session)).await.status, StatusCode::OK);
    tokio::time::advance(Duration::from_secs(31 * 60)).await;
    let after = tested.get("/", Some(&session)).await;
    assert_eq!(after.status, StatusCode::SEE_OTHER);
    assert_eq!(after.header(header::LOCATION), "/sign-in?next=/");
}

#[tokio::test]
async fn given_a_restart_then_users_are_kept_and_sessions_are_not() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Viewer);
    let again = app::app(&open(tested.state.path(), SETTINGS));
    let asked = request(Method::GET, "/", Some(&session), "");
    let answer = again.clone().oneshot(asked).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let form = format!("name=viewer&password={}", PASSWORD.replace(' ', "+"));
    let signed_in = request(Method::POST, "/sign-in", None, &form);
    let answer = again.oneshot(signed_in).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[test]
fn given_files_of_the_panel_then_they_are_their_owners_alone() {
    use std::os::unix::fs::MetadataExt;
    let tested = Tested::empty();
    let state = tested.state.path().join("state");
    assert_eq!(state.metadata().unwrap().mode() & 0o777, 0o700);
    for entry in std::fs::read_dir(&state).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
