use serde_json::{Value, json};

use super::Client;
use super::client::PASSWORD;

#[tokio::test]
async fn given_the_right_password_when_signed_in_then_the_token_opens_the_api_until_signed_out() {
    let client = Client::signed_in().await;
    let user = client.get("/api/auth/user").await.json();
    assert_eq!(user["role"], "SystemAdmin");
    let out = client.post("/api/auth/sign_out", Value::Null).await;
    assert_eq!((out.status.as_u16(), out.text.as_str()), (200, ""));
    assert_eq!(client.get("/api/auth/user").await.refusal().0, 401);
}

#[tokio::test]
async fn given_an_account_that_is_not_the_administrators_when_signed_in_then_it_is_refused() {
    let client = Client::new();
    for account in [
        json!({ "username": "admin", "password": "wrong" }),
        json!({ "username": "somebody", "password": PASSWORD }),
        json!({ "username": "admin", "password": PASSWORD, "domain": "example.com" }),
    ] {
        let refused = client.post("/api/auth/sign_in", account).await;
        assert_eq!(refused.refusal().0, 401);
        assert!(!refused.text.contains(PASSWORD));
    }
}

#[tokio::test]
async fn given_fields_that_are_not_documented_when_signed_in_then_they_are_refused() {
    let client = Client::new();
    for (account, field) in [
        (json!({ "username": "admin" }), "body"),
        (
            json!({ "username": "admin", "password": PASSWORD, "x": 1 }),
            "body",
        ),
        (json!({ "username": "admin", "password": 1 }), "body"),
        (json!({ "username": "", "password": PASSWORD }), "username"),
        (
            json!({ "username": "a".repeat(65), "password": PASSWORD }),
            "username",
        ),
        (
            json!({ "username": "admin", "password": PASSWORD, "domain": "" }),
            "domain",
        ),
    ] {
        let refused = client.post("/api/auth/sign_in", account.clone()).await;
        assert!(refused.is_invalid(field), "{account}: {}", refused.text);
    }
}

#[tokio::test]
async fn given_a_second_factor_when_signed_in_then_only_the_code_opens_and_only_once() {
    let client = Client::new();
    client.world.lock().controls.code = Some("123456".to_owned());
    let asked = client.sign_in().await.json();
    assert_eq!(asked["two_factor_enabled"], true);
    assert_eq!(asked["access_token"], Value::Null);
    let verify = |code: &str| {
        client.post(
            "/api/auth/verify_otp",
            json!({ "token": asked["token"], "code": code }),
        )
    };
    assert_eq!(verify("000000").await.refusal().0, 401);
    let tokens = verify("123456").await.json();
    assert!(tokens["access_token"].is_string());
    assert_eq!(verify("123456").await.refusal().0, 401);
}

#[tokio::test]
async fn given_five_wrong_codes_when_the_right_one_follows_then_it_is_too_late() {
    let client = Client::new();
    client.world.lock().controls.code = Some("123456".to_owned());
    let asked = client.sign_in().await.json();
    let verify = |code: &str| {
        client.post(
            "/api/auth/verify_otp",
            json!({ "token": asked["token"], "code": code }),
        )
    };
    for _ in 0..5 {
        assert_eq!(verify("000000").await.refusal().0, 401);
    }
    assert_eq!(verify("123456").await.refusal().0, 401);
}

#[tokio::test]
async fn given_an_access_token_when_its_time_is_over_then_only_a_refresh_helps() {
    let mut client = Client::new();
    let tokens = client.sign_in().await.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 1800);
    client.access = tokens["access_token"].as_str().map(str::to_owned);
    client.world.lock().controls.clock_offset = 1801;
    assert_eq!(client.get("/api/admin/status").await.refusal().0, 401);

    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    let new = client
        .post("/api/auth/refresh_token", refresh.clone())
        .await;
    client.access = new.json()["access_token"].as_str().map(str::to_owned);
    assert_eq!(client.get("/api/admin/status").await.status, 200);
    // A refresh token is taken once.
    let again = client.post("/api/auth/refresh_token", refresh).await;
    assert_eq!(again.refusal().0, 401);
}

#[tokio::test]
async fn given_a_locked_account_when_signed_in_then_only_who_knows_the_password_is_told() {
    let client = Client::new();
    client.world.lock().controls.locked = true;
    assert_eq!(client.sign_in().await.refusal().0, 403);
    let account = json!({ "username": "admin", "password": "wrong" });
    let wrong = client.post("/api/auth/sign_in", account).await;
    assert_eq!(wrong.refusal().0, 401);
}
