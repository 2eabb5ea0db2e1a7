//! The whitelist: pages, tolerant reading, strict writing, and answers that get lost.

use std::sync::Mutex;

use jiff::Timestamp;

use super::*;
use crate::pbx::{Cidr, NewFilter, Target, whitelist};

fn item(nth: usize) -> serde_json::Value {
    json!({
        "id": format!("id{nth}"),
        "cidr": format!("10.{}.{}.1/32", nth / 256, nth % 256),
        "target": "DENY",
        "expire_at": "2030-01-10T15:18:37+08:00",
        "description": "attack",
    })
}

/// The page that a request is for.
fn page(asked: &Asked, entries: std::ops::Range<usize>, count: usize) -> Reply {
    let query = asked
        .line
        .strip_prefix("GET /api/ip_filters?skip=")
        .unwrap();
    let skip: usize = query.strip_suffix("&top=100").unwrap().parse().unwrap();
    let items: Vec<_> = entries.skip(skip).take(100).map(item).collect();
    Reply::json(200, json!({"count": count, "items": items}))
}

fn filter() -> NewFilter {
    let now: Timestamp = "2026-11-24T15:18:37Z".parse().unwrap();
    NewFilter::accept([10, 0, 0, 5].into(), now, "df01")
}

fn as_listed(filter: &NewFilter) -> serde_json::Value {
    let mut item = serde_json::to_value(filter).unwrap();
    item["id"] = json!("made");
    item
}

fn listed(items: &[serde_json::Value]) -> Reply {
    Reply::json(200, json!({"count": items.len(), "items": items}))
}

#[tokio::test]
async fn all_pages_are_read() {
    let (server, pbx) = signed_in(|asked| page(asked, 0..250, 250)).await;
    let entries = pbx.whitelist().await.unwrap();
    assert_eq!(entries.len(), 250);
    assert_eq!(entries[249].id, "id249");
    assert_eq!(server.asked().len(), 1 + 3);
}

#[tokio::test]
async fn a_full_page_that_is_the_last_needs_no_further_one() {
    let (server, pbx) = signed_in(|asked| page(asked, 0..100, 100)).await;
    assert_eq!(pbx.whitelist().await.unwrap().len(), 100);
    assert_eq!(server.asked().len(), 1 + 1);
}

#[tokio::test]
async fn given_entries_that_go_while_the_list_is_read_then_it_is_read_anew() {
    // Before the second page is asked for, the first ten entries are removed: ten others move to the first page, unseen.
    let (server, pbx) = signed_in(|asked| {
        let begun = asked.line != LIST || asked.before > 0;
        if begun {
            page(asked, 10..200, 190)
        } else {
            page(asked, 0..200, 200)
        }
    })
    .await;
    let entries = pbx.whitelist().await.unwrap();
    assert_eq!(entries.len(), 190);
    assert!(entries.iter().any(|entry| entry.id == "id105"));
    assert_eq!(server.count(LIST), 2);
}

#[tokio::test]
async fn given_a_list_that_never_rests_then_what_was_seen_is_taken() {
    let (server, pbx) = signed_in(|asked| {
        let more = asked.before + usize::from(asked.line != LIST) * 2;
        page(asked, 0..150 + more, 150 + more)
    })
    .await;
    assert!(pbx.whitelist().await.unwrap().len() >= 150);
    assert_eq!(server.count(LIST), 3);
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let (server, pbx) = signed_in(|asked| page(asked, 0..usize::MAX, 1_000_000)).await;
    let error = pbx.whitelist().await.unwrap_err();
    insta::assert_snapshot!(told(&error, &server), @r"
    https://PBX/api: the PBX's whitelist can't be judged: it has more than 10000 entries
    -> Put that right in the PBX's portal; or enter the server's address there by hand and use --prerequisites manual.
    [Precondition]
    ");
    assert_eq!(server.asked().len(), 1 + 100);
}

#[tokio::test]
async fn entries_are_read_in_whatever_form_they_come() {
    let (_server, pbx) = signed_in(|_| {
        Reply::json(
            200,
            json!({
                "count": "7",
                "items": [
                    {"id": "a+/=", "cidr": "192.0.2.0/24", "target": "ACCEPT", "expire_at": "2030-01-10T15:18:37+08:00", "description": "Data Flow Server"},
                    {"id": 700551909773148160_u64, "cidr": "2001:db8::/32", "target": "DENY", "expire_at": "", "new": {"a": [1]}},
                    {"id": "c", "cidr": "192.0.2.7", "target": "ACCEPT", "expire_at": null, "description": null},
                    {"id": "d", "cidr": "all of them", "target": "REJECT", "description": "\u{1b}[2J\nred"},
                    {"id": "e"},
                ],
            }),
        )
    })
    .await;
    let entries = pbx.whitelist().await.unwrap();
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| format!("{}: {entry}", entry.id))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    a+/=: ACCEPT 192.0.2.0/24 "Data Flow Server", ends 2030-01-10
    700551909773148160: DENY 2001:db8::/32, does not end
    c: ACCEPT 192.0.2.7/32, does not end
    d: REJECT all of them "\u{1b}[2J\nred", does not end
    e: (no target) (no address), does not end
    "#);
    assert!(matches!(&entries[3].cidr, Cidr::Unreadable(_)));
    assert!(matches!(&entries[3].target, Target::Other(_)));
}

#[tokio::test]
async fn a_list_that_can_not_be_judged_is_told() {
    let mut all = Vec::new();
    for answer in [
        json!({"count": 3}),
        json!({"items": "none"}),
        json!({"count": 1, "items": [{"id": "a", "cidr": "10.0.0.1/32", "target": "ACCEPT", "expire_at": "next week"}]}),
        json!({"count": 1, "items": [{"cidr": "10.0.0.1/32", "target": "ACCEPT"}]}),
    ] {
        let (server, pbx) = signed_in(move |_| Reply::json(200, answer.clone())).await;
        all.push(told(&pbx.whitelist().await.unwrap_err(), &server));
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    https://PBX/api: the answer to "list its whitelist" is not one of a PBX's API: it has no items
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "list its whitelist" is not one of a PBX's API: it is JSON, but not as documented (line 1, column 15)
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the PBX's whitelist can't be judged: entry 10.0.0.1/32 ends at "next week", which is no time
    -> Put that right in the PBX's portal; or enter the server's address there by hand and use --prerequisites manual.
    [Precondition]
    https://PBX/api: the PBX's whitelist can't be judged: an entry has no id that can be used
    -> Put that right in the PBX's portal; or enter the server's address there by hand and use --prerequisites manual.
    [Precondition]
    "#);
}

#[tokio::test]
async fn an_empty_list_may_come_without_items() {
    let (_server, pbx) = signed_in(|_| Reply::json(200, json!({"count": 0, "items": null}))).await;
    assert_eq!(pbx.whitelist().await.unwrap(), []);
}

#[tokio::test]
async fn entries_are_written_as_documented() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        ADD => Reply::json(200, json!({"id": "new"})),
        "POST /api/ip_filters/a+%2F=" => Reply::Whole(200, "", String::new()),
        "POST /api/ip_filters/a+%2F=/destroy" => Reply::Whole(204, "", String::new()),
        other => panic!("{other}"),
    })
    .await;
    assert_eq!(pbx.add(&filter()).await.unwrap(), "new");
    pbx.update("a+/=", &filter()).await.unwrap();
    pbx.destroy("a+/=").await.unwrap();
    let asked = server.asked();
    let written = json!({
        "cidr": "10.0.0.5/32",
        "target": "ACCEPT",
        "expire_at": "2036-11-24T15:18:37Z",
        "description": "dataflow: Data Flow server df01",
    });
    assert_eq!(
        (asked[1].json(), asked[2].json()),
        (written.clone(), written)
    );
    assert_eq!(asked[3].body, "");
}

#[tokio::test]
async fn given_an_answer_that_was_lost_when_the_entry_was_made_then_it_is_found_and_not_made_twice()
{
    let made = Mutex::new(Vec::new());
    let (server, pbx) = signed_in(move |asked| {
        let mut made = made.lock().unwrap();
        match asked.line.as_str() {
            ADD => {
                made.push(as_listed(&filter()));
                Reply::Raw(Vec::new())
            }
            LIST => listed(&made),
            other => panic!("{other}"),
        }
    })
    .await;
    assert_eq!(pbx.add(&filter()).await.unwrap(), "made");
    assert_eq!((server.count(ADD), server.count(LIST)), (1, 1));
}

#[tokio::test]
async fn given_an_answer_that_was_lost_when_the_entry_was_not_made_then_it_is_made_once_more() {
    let (server, pbx) = signed_in(|asked| match (asked.line.as_str(), asked.before) {
        (ADD, 0) => error(500, "INTERNAL", "No."),
        (ADD, _) => Reply::json(200, json!({"id": "new"})),
        (LIST, _) => listed(&[]),
        (other, _) => panic!("{other}"),
    })
    .await;
    assert_eq!(pbx.add(&filter()).await.unwrap(), "new");
    assert_eq!(server.count(ADD), 2);
}

#[tokio::test]
async fn given_a_pbx_that_never_says_whether_it_made_the_entry_then_that_is_told() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        ADD => Reply::Raw(Vec::new()),
        _ => error(500, "INTERNAL", "No."),
    })
    .await;
    let lost = pbx.add(&filter()).await.unwrap_err();
    insta::assert_snapshot!(told(&lost, &server), @r"
    https://PBX/api: the PBX was asked to add an entry to its whitelist, and whether it did is not known: connection closed before message completed
    -> Look what the PBX has now (dataflow whitelist list), then run the same command again.
    [Failed]
    ");
    assert_eq!(server.count(ADD), 1);
}

#[tokio::test]
async fn a_change_that_was_throttled_was_not_made_and_is_asked_again() {
    let (server, pbx) = signed_in(|asked| match asked.before {
        0 => error(429, "LIMIT", "Too many."),
        _ => Reply::json(200, json!({"id": "new"})),
    })
    .await;
    assert_eq!(pbx.add(&filter()).await.unwrap(), "new");
    assert_eq!((server.count(ADD), server.count(LIST)), (2, 0));
}

#[tokio::test]
async fn an_entry_that_is_not_there_any_more_is_removed() {
    let (_server, pbx) = signed_in(|asked| match asked.line.as_str() {
        LIST => listed(&[]),
        _ => error(400, "ID", "Invalid rule ID supplied."),
    })
    .await;
    pbx.destroy("gone").await.unwrap();
}

#[tokio::test]
async fn an_entry_that_the_pbx_does_not_remove_is_told() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        LIST => listed(&[as_listed(&filter())]),
        _ => error(403, "PERMISSION", "No."),
    })
    .await;
    let refused = pbx.destroy("made").await.unwrap_err();
    insta::assert_snapshot!(told(&refused, &server), @r"
    https://PBX/api: the PBX refused to remove an entry of its whitelist: No. [PERMISSION] (HTTP 403)
    -> Use a system administrator of the PBX, without a domain, as user under [api].
    [Failed]
    ");
}

#[tokio::test]
async fn after_the_changes_were_applied_there_are_none() {
    let entries = Mutex::new(vec![{
        let mut old = as_listed(&filter());
        old["expire_at"] = json!("2020-01-01T00:00:00Z");
        old
    }]);
    let (_server, pbx) = signed_in(move |asked| {
        let mut entries = entries.lock().unwrap();
        match asked.line.as_str() {
            ADD => {
                let mut new = asked.json();
                new["id"] = json!("added");
                entries.push(new);
                Reply::json(200, json!({"id": "added"}))
            }
            "POST /api/ip_filters/made" => {
                entries[0] = asked.json();
                entries[0]["id"] = json!("made");
                Reply::Whole(200, "", String::new())
            }
            LIST => listed(&entries),
            other => panic!("{other}"),
        }
    })
    .await;
    let wanted = [[10, 0, 0, 5].into(), "2001:db8::5".parse().unwrap()];
    let now = Timestamp::now();
    let changes = whitelist::changes(&pbx.whitelist().await.unwrap(), &wanted, now, "df01");
    assert_eq!(changes.len(), 2);
    for change in &changes {
        pbx.apply(change).await.unwrap();
    }
    let after = pbx.whitelist().await.unwrap();
    assert_eq!(whitelist::changes(&after, &wanted, now, "df01"), []);
}
