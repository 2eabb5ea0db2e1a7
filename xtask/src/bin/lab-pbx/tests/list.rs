use serde_json::json;

use super::Client;

/// With 150 rules: every third is a DENY, every second has an end.
async fn client() -> Client {
    let client = Client::signed_in().await;
    for number in 0..150 {
        let mut rule = json!({
            "cidr": format!("10.0.{number}.0/24"),
            "target": if number % 3 == 0 { "DENY" } else { "ACCEPT" },
            "description": format!("rule {number:03}"),
        });
        if number % 2 == 0 {
            rule["expire_at"] = format!("20{:02}-01-01T00:00:00Z", 30 + number % 50).into();
        }
        assert_eq!(client.post("/api/ip_filters", rule).await.status, 200);
    }
    client
}

/// How many there are, and the descriptions of those given.
async fn ask(client: &Client, query: &str) -> (u64, Vec<String>) {
    let list = client.get(&format!("/api/ip_filters{query}")).await.json();
    let items = list["items"].as_array().expect("items").iter();
    let descriptions = items.map(|item| item["description"].as_str().unwrap_or("").to_owned());
    (
        list["count"].as_u64().expect("a count"),
        descriptions.collect(),
    )
}

#[tokio::test]
async fn given_more_rules_than_a_page_when_listed_then_pages_hold_each_once_and_the_count_is_of_all()
 {
    let client = client().await;
    let (count, first) = ask(&client, "").await;
    assert_eq!((count, first.len()), (150, 100));
    let (count, second) = ask(&client, "?skip=100").await;
    assert_eq!((count, second.len()), (150, 50));
    assert_eq!(
        (first[0].as_str(), second[0].as_str()),
        ("rule 000", "rule 100")
    );
    assert_eq!(ask(&client, "?skip=149&top=100").await.1, ["rule 149"]);
    assert_eq!(ask(&client, "?skip=150").await, (150, vec![]));
    assert_eq!(
        ask(&client, "?top=1").await,
        (150, vec!["rule 000".to_owned()])
    );
}

#[tokio::test]
async fn given_a_filter_a_search_and_an_order_when_listed_then_each_is_followed() {
    let client = client().await;
    for (query, count) in [
        ("?filter=target%20eq%20'DENY'", 50),
        ("?filter=target%20ne%20'DENY'", 100),
        ("?filter=startswith(description,'rule%2014')", 10),
        (
            "?filter=contains(cidr,'10.0.7.')%20or%20endswith(description,'008')",
            2,
        ),
        // `and` binds tighter.
        (
            "?filter=target%20eq%20'DENY'%20or%20target%20eq%20'ACCEPT'%20and%20cidr%20eq%20'10.0.1.0/24'",
            51,
        ),
        // A blank field fulfils nothing.
        ("?filter=expire_at%20gt%20'2000-01-01T00:00:00Z'", 75),
        ("?filter=description%20eq%20'it''s'", 0),
        ("?search=RULE%2001", 10),
        ("?search=10.0.9.0/24", 1),
        ("?search=rule%2001&filter=target%20eq%20'DENY'", 3),
    ] {
        assert_eq!(ask(&client, query).await.0, count, "{query}");
    }
    let (_, ordered) = ask(&client, "?orderby=target%20desc,description%20desc&top=2").await;
    assert_eq!(ordered, ["rule 147", "rule 144"]);
}

#[tokio::test]
async fn given_options_that_make_no_sense_when_listed_then_they_are_refused() {
    let client = Client::signed_in().await;
    for (query, field) in [
        ("?top=0", "top"),
        ("?top=101", "top"),
        ("?top=-1", "top"),
        ("?top=", "top"),
        ("?top=ten", "top"),
        ("?skip=-1", "skip"),
        ("?skip=2147483648", "skip"),
        ("?orderby=", "orderby"),
        ("?orderby=name", "orderby"),
        ("?orderby=cidr%20up", "orderby"),
        ("?orderby=cidr%20asc%20asc", "orderby"),
        ("?filter=", "filter"),
        ("?filter=cidr", "filter"),
        ("?filter=cidr%20like%20'x'", "filter"),
        ("?filter=name%20eq%20'x'", "filter"),
        ("?filter=cidr%20eq%20x", "filter"),
        ("?filter=cidr%20eq%20'x", "filter"),
        ("?filter=cidr%20eq%20'x'%20not%20cidr%20eq%20'y'", "filter"),
        ("?filter=cidr%20eq%20'x'%20and", "filter"),
        ("?filter=contains(cidr,'x'", "filter"),
        ("?count=true", "count"),
        ("?page=1", "page"),
        ("?top=1&top=2", "top"),
    ] {
        let refused = client.get(&format!("/api/ip_filters{query}")).await;
        assert!(refused.is_invalid(field), "{query}: {}", refused.text);
    }
}
