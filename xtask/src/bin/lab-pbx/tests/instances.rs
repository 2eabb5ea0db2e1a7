use axum::body::Body;
use serde_json::json;

use super::Client;
use super::client::{Answer, PBX, SERVER};

async fn session(client: &Client, ttl: Option<&str>) -> Answer {
    let mut request = client.request("PUT", "/latest/api/token");
    if let Some(ttl) = ttl {
        request = request.header("X-aws-ec2-metadata-token-ttl-seconds", ttl);
    }
    client.send_to_metadata(request.body(Body::empty())).await
}

async fn ask(client: &Client, token: &str, path: &str) -> (u16, String) {
    let request = client
        .request("GET", &format!("/latest/meta-data/{path}"))
        .header("X-aws-ec2-metadata-token", token);
    let answer = client.send_to_metadata(request.body(Body::empty())).await;
    (answer.status.as_u16(), answer.text)
}

#[tokio::test]
async fn given_no_session_when_asked_then_nothing_is_told() {
    let client = Client::new();
    for ttl in [None, Some("0"), Some("21601"), Some("long")] {
        assert_eq!(session(&client, ttl).await.status, 400, "{ttl:?}");
    }
    let proxied = client
        .request("PUT", "/latest/api/token")
        .header("X-aws-ec2-metadata-token-ttl-seconds", "60")
        .header("X-Forwarded-For", "192.0.2.1");
    let proxied = client.send_to_metadata(proxied.body(Body::empty())).await;
    assert_eq!(proxied.status, 403);
    assert_eq!(ask(&client, "no-token", "mac").await, (401, String::new()));
}

#[tokio::test]
async fn given_a_session_when_each_instance_asks_then_it_is_told_of_itself() {
    let mut client = Client::new();
    let token = session(&client, Some("60")).await;
    assert_eq!(token.headers["x-aws-ec2-metadata-token-ttl-seconds"], "60");
    let token = token.text;
    assert_eq!(
        ask(&client, &token, "local-ipv4").await,
        (200, PBX.to_string())
    );
    client.from = SERVER;
    assert_eq!(
        ask(&client, &token, "local-ipv4").await,
        (200, SERVER.to_string())
    );
    let (_, mac) = ask(&client, &token, "mac").await;
    let interface = format!("network/interfaces/macs/{mac}");
    for path in ["vpc-id", "subnet-id", "security-group-ids", "public-ipv4s"] {
        let (status, value) = ask(&client, &token, &format!("{interface}/{path}")).await;
        assert!(status == 200 && !value.is_empty(), "{path}");
    }
    let macs = ask(&client, &token, "network/interfaces/macs/").await;
    assert_eq!(macs, (200, format!("{mac}/")));
    assert_eq!(
        ask(&client, &token, "placement/").await.1,
        "availability-zone\nregion"
    );
    assert_eq!(ask(&client, &token, "nothing").await.0, 404);
}

#[tokio::test]
async fn given_values_that_a_test_sets_when_asked_then_only_that_instance_is_told_them() {
    let mut client = Client::new();
    let token = session(&client, Some("60")).await.text;
    let given = json!({ "instance-type": "t3.large", "public-ipv4": null });
    let given = serde_json::from_value(given).expect("values");
    client.world.lock().instances.change(SERVER, given);
    assert_eq!(ask(&client, &token, "instance-type").await.1, "c5.2xlarge");
    client.from = SERVER;
    assert_eq!(ask(&client, &token, "instance-type").await.1, "t3.large");
    assert_eq!(ask(&client, &token, "public-ipv4").await.0, 404);
}
