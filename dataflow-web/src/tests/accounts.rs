//! Users and tokens, by the API.

use super::*;

#[tokio::test]
async fn given_an_administrators_token_then_users_are_invited_given_roles_and_removed_on_record() {
    let tested = Tested::new().await;
    let token = tested.token(Role::Administrator).await;
    let ask = async |method, path: &str, json: &str| {
        tested.ask(program(method, path, &token, json)).await
    };
    let invited = ask(
        Method::POST,
        "/api/v1/users",
        r#"{"name":"carol","role":"operator"}"#,
    )
    .await;
    assert_eq!(invited.status, StatusCode::CREATED, "{}", invited.text);
    let link = invited.json()["link"].as_str().unwrap().to_owned();
    assert_eq!(tested.get(&link, None).await.status, StatusCode::OK);
    let set = ask(
        Method::PUT,
        "/api/v1/users/operator",
        r#"{"role":"viewer"}"#,
    )
    .await;
    assert_eq!(set.status, StatusCode::NO_CONTENT);
    let session = tested.session(Role::Viewer);
    let removed = ask(Method::DELETE, "/api/v1/users/viewer", "").await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let after = tested.get("/", Some(&session)).await;
    assert_eq!(after.status, StatusCode::SEE_OTHER);
    let users = ask(Method::GET, "/api/v1/users", "").await.json();
    assert_eq!(users["users"][0]["name"], "administrator");
    assert_eq!(users["users"][1]["role"], "viewer");
    assert_eq!(
        tested.deeds(),
        [
            "token administrator: removed the user viewer",
            "token administrator: made viewer operator",
            "token administrator: invited as operator carol",
        ]
    );
}

#[tokio::test]
async fn given_the_last_administrator_then_they_can_be_neither_removed_nor_made_less() {
    let tested = Tested::new().await;
    let token = tested.token(Role::Administrator).await;
    let path = "/api/v1/users/administrator";
    let removed = tested.ask(program(Method::DELETE, path, &token, "")).await;
    assert_eq!(removed.status, StatusCode::CONFLICT);
    let less = program(Method::PUT, path, &token, r#"{"role":"viewer"}"#);
    assert_eq!(tested.ask(less).await.status, StatusCode::CONFLICT);
    assert_eq!(tested.panel.accounts.kept().administrators(), 1);
}

#[tokio::test]
async fn given_a_token_then_it_is_shown_once_kept_as_a_hash_and_worth_nothing_once_removed() {
    let tested = Tested::new().await;
    let administrator = tested.token(Role::Administrator).await;
    let made = program(
        Method::POST,
        "/api/v1/tokens",
        &administrator,
        r#"{"name":"prometheus","role":"viewer"}"#,
    );
    let made = tested.ask(made).await.json();
    let token = made["token"].as_str().unwrap();
    let metrics = tested
        .ask(program(Method::GET, "/metrics", token, ""))
        .await;
    assert_eq!(metrics.status, StatusCode::OK);
    let listed = program(Method::GET, "/api/v1/tokens", &administrator, "");
    let listed = tested.ask(listed).await;
    assert!(!listed.text.contains(token), "{}", listed.text);
    assert_ne!(listed.json()["tokens"][1]["used"], serde_json::Value::Null);
    let file = std::fs::read_to_string(tested.state.path().join("state/users.json")).unwrap();
    assert!(!file.contains(token), "{file}");
    let path = "/api/v1/tokens/prometheus";
    let removed = tested
        .ask(program(Method::DELETE, path, &administrator, ""))
        .await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let after = tested
        .ask(program(Method::GET, "/metrics", token, ""))
        .await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn given_a_token_that_is_none_then_a_cookie_beside_it_does_not_help() {
    let tested = Tested::new().await;
    let session = tested.session(Role::Administrator);
    let mut asked = request(Method::GET, "/api/v1/servers", Some(&session), "");
    let wrong = "Bearer wrong".parse().unwrap();
    asked.headers_mut().insert(header::AUTHORIZATION, wrong);
    assert_eq!(tested.ask(asked).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn given_another_password_then_only_it_signs_in_and_all_other_sessions_end() {
    let tested = Tested::new().await;
    let (here, there) = (
        tested.session(Role::Operator),
        tested.session(Role::Operator),
    );
    let form = |current: &str, new: &str, again: &str| {
        format!("current={current}&password={new}&again={again}").replace(' ', "+")
    };
    let new = "another horse battery";
    for (wrong, status) in [
        (form("something else", new, new), 422),
        (form(PASSWORD, "short", "short"), 422),
        (form(PASSWORD, new, "something else"), 422),
    ] {
        let refused = tested.send("/password", Some(&here), &wrong).await;
        assert_eq!(refused.status.as_u16(), status, "{wrong}");
    }
    let set = tested
        .send("/password", Some(&here), &form(PASSWORD, new, new))
        .await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    assert_eq!(tested.get("/", Some(&here)).await.status, StatusCode::OK);
    let ended = tested.get("/", Some(&there)).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    for (password, status) in [(PASSWORD, 401), (new, 303)] {
        let form = format!("name=operator&password={}", password.replace(' ', "+"));
        let tried = tested.send("/sign-in", None, &form).await;
        assert_eq!(tried.status.as_u16(), status, "{password}");
    }
    assert!(
        tested
            .deeds()
            .contains(&"operator: chose another password operator".to_owned())
    );
}
