use serde_json::{Value, json};

use super::Client;

#[tokio::test]
async fn given_a_rule_when_made_shown_changed_and_destroyed_then_each_is_answered_as_documented() {
    let client = Client::signed_in().await;
    let rule = json!({ "cidr": "192.0.2.1/32", "target": "ACCEPT", "expire_at": "2030-01-10T15:18:37+08:00" });
    let made = client.post("/api/ip_filters", rule).await;
    assert_eq!(made.status, 200);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/ip_filters/{id}");
    assert_eq!(
        client.get(&path).await.json(),
        json!({
            "id": id, "cidr": "192.0.2.1/32", "target": "ACCEPT", "expire_at": "2030-01-10T07:18:37Z", "description": null
        })
    );

    // What is not given stays.
    let changed = client.post(&path, json!({ "description": "mine" })).await;
    assert_eq!((changed.status.as_u16(), changed.text.as_str()), (200, ""));
    let shown = client.get(&path).await.json();
    assert_eq!(shown["description"], "mine");
    assert_eq!(shown["expire_at"], "2030-01-10T07:18:37Z");

    let destroyed = client.post(&format!("{path}/destroy"), Value::Null).await;
    assert_eq!(
        (destroyed.status.as_u16(), destroyed.text.as_str()),
        (204, "")
    );
    assert_eq!(client.get(&path).await.refusal().0, 404);
    assert_eq!(client.post(&path, json!({})).await.refusal().0, 404);
    let again = client.post(&format!("{path}/destroy"), Value::Null).await;
    assert_eq!(again.refusal().0, 400);
}

#[tokio::test]
async fn given_a_field_that_makes_no_sense_when_a_rule_is_made_or_changed_then_it_is_refused() {
    let client = Client::signed_in().await;
    let good = json!({ "cidr": "192.0.2.0/24", "target": "DENY" });
    let made = client.post("/api/ip_filters", good.clone()).await.json();
    let path = format!("/api/ip_filters/{}", made["id"].as_str().expect("an id"));
    let before = client.get(&path).await.text;
    for (field, value) in [
        ("cidr", json!("192.0.2.1")),
        ("cidr", json!("192.0.2.1/33")),
        ("cidr", json!("192.0.2/24")),
        ("cidr", json!("192.0.2.0/255.255.255.0")),
        ("cidr", json!("2001:db8::/129")),
        ("cidr", json!("host/32")),
        ("cidr", json!("")),
        ("target", json!("accept")),
        ("target", json!("ALLOW")),
        ("target", json!("")),
        ("expire_at", json!("2030-01-10")),
        ("expire_at", json!("2030-01-10T15:18:37")),
        ("expire_at", json!("2030-01-10 15:18:37Z")),
        ("expire_at", json!("2030-13-10T15:18:37Z")),
        ("expire_at", json!("2030-01-10T15:18:37.Z")),
        ("expire_at", json!("2030-01-10T15:18Z")),
        ("expire_at", json!("2030-01-10T15:18:37Z[UTC]")),
        ("expire_at", json!("1893456000")),
        ("expire_at", json!("2030-01-10T15:18:37+0800")),
        ("expire_at", json!("")),
        ("description", json!("x".repeat(256))),
    ] {
        let mut rule = good.clone();
        rule[field] = value.clone();
        for path in ["/api/ip_filters", path.as_str()] {
            let refused = client.post(path, rule.clone()).await;
            assert!(
                refused.is_invalid(field),
                "{field} {value}: {}",
                refused.text
            );
        }
    }
    for (name, value) in [
        ("id", json!("x")),
        ("name", json!("x")),
        ("expire_at", json!(1_893_456_000)),
        ("cidr", json!(["192.0.2.0/24"])),
    ] {
        let mut rule = good.clone();
        rule[name] = value;
        for path in ["/api/ip_filters", path.as_str()] {
            let refused = client.post(path, rule.clone()).await;
            assert!(refused.is_invalid("body"), "{name}: {}", refused.text);
        }
    }
    assert_eq!(client.get(&path).await.text, before);
    assert_eq!(client.world.lock().ip_filters.all().len(), 1);
}

#[tokio::test]
async fn given_a_rule_without_what_is_required_when_made_then_it_is_refused() {
    let client = Client::signed_in().await;
    for (rule, field) in [
        (json!({ "target": "ACCEPT" }), "cidr"),
        (json!({ "cidr": "192.0.2.0/24" }), "target"),
        (json!({}), "cidr"),
        (json!([]), "body"),
        (json!(["192.0.2.0/24", "ACCEPT", null, null]), "body"),
    ] {
        let refused = client.post("/api/ip_filters", rule.clone()).await;
        assert!(refused.is_invalid(field), "{rule}: {}", refused.text);
    }
}

#[tokio::test]
async fn given_values_at_their_limits_when_a_rule_is_made_then_it_is_taken() {
    let client = Client::signed_in().await;
    for rule in [
        json!({ "cidr": "2001:db8::/32", "target": "ACCEPT" }),
        json!({ "cidr": "0.0.0.0/0", "target": "ACCEPT", "description": "\u{e9}".repeat(255) }),
        json!({ "cidr": "192.0.2.1/32", "target": "DENY", "expire_at": "2030-01-10T15:18:37.123456Z" }),
        json!({ "cidr": "192.0.2.1/32", "target": "DENY", "expire_at": null, "description": null }),
    ] {
        assert_eq!(client.post("/api/ip_filters", rule).await.status, 200);
    }
}
