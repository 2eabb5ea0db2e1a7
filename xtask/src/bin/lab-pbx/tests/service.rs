use axum::http::header;
use serde_json::{Value, json};

use super::Client;
use super::client::{Answer, SERVER};
use crate::service::PATH;
use crate::world::Beginning;

/// As the service asks.
async fn ask(client: &Client) -> Answer {
    let service = Client {
        world: client.world.clone(),
        from: SERVER,
        access: None,
    };
    service.get(PATH).await
}

#[tokio::test]
async fn given_a_server_that_no_rule_accepts_when_its_service_asks_then_it_is_throttled() {
    let client = Client::signed_in().await;
    assert_eq!(ask(&client).await.refusal().0, 429);
    for (cidr, target, expire_at, status) in [
        ("198.18.16.0/24", "ACCEPT", Value::Null, 200),
        (
            "198.18.16.158/32",
            "ACCEPT",
            json!("2999-01-01T00:00:00Z"),
            200,
        ),
        (
            "198.18.16.158/32",
            "ACCEPT",
            json!("2020-01-01T00:00:00Z"),
            429,
        ),
        ("198.18.16.159/32", "ACCEPT", Value::Null, 429),
        ("2001:db8::/32", "ACCEPT", Value::Null, 429),
    ] {
        client.world.lock().ip_filters.clear();
        let rule = json!({ "cidr": cidr, "target": target, "expire_at": expire_at });
        assert_eq!(client.post("/api/ip_filters", rule).await.status, 200);
        assert_eq!(ask(&client).await.status, status, "{cidr} {expire_at}");
    }
}

#[tokio::test]
async fn given_a_rule_when_its_time_is_over_by_the_pbxs_clock_then_it_has_no_effect_and_is_still_listed()
 {
    let client = Client::signed_in().await;
    let soon = client.world.lock().now() + jiff::SignedDuration::from_secs(600);
    let rule =
        json!({ "cidr": "198.18.16.158/32", "target": "ACCEPT", "expire_at": soon.to_string() });
    assert_eq!(client.post("/api/ip_filters", rule).await.status, 200);
    assert_eq!(ask(&client).await.status, 200);
    client.world.lock().controls.clock_offset = 601;
    assert_eq!(ask(&client).await.refusal().0, 429);
    let list = client.get("/api/ip_filters").await.json();
    assert_eq!(list["count"], 1);
}

#[tokio::test]
async fn given_a_token_when_it_was_generated_then_the_service_needs_it_until_another_is_or_it_is_destroyed()
 {
    let client = Client::signed_in().await;
    client.world.lock().begin(Beginning::ByHand);
    let tokens = client.sign_in().await.json();
    let client = Client {
        access: tokens["access_token"].as_str().map(str::to_owned),
        ..client
    };
    let path = "/api/lab/dataflow_token";
    assert_eq!(client.get(path).await.json(), json!({ "token": null }));
    assert_eq!(ask(&client).await.status, 200);

    let first = client.post(path, Value::Null).await.json();
    assert_eq!(client.get(path).await.json(), first);
    assert_eq!(ask(&client).await.refusal().0, 401);
    let with = |token: &Value| Client {
        world: client.world.clone(),
        from: SERVER,
        access: token["token"].as_str().map(str::to_owned),
    };
    assert_eq!(with(&first).get(PATH).await.status, 200);

    let second = client.post(path, Value::Null).await.json();
    assert_ne!(first, second);
    assert_eq!(with(&first).get(PATH).await.refusal().0, 401);
    assert_eq!(with(&second).get(PATH).await.status, 200);

    let destroyed = client.post(&format!("{path}/destroy"), Value::Null).await;
    assert_eq!(destroyed.status, 204);
    assert_eq!(ask(&client).await.status, 200);
    assert!(!destroyed.headers.contains_key(header::RETRY_AFTER));
}
