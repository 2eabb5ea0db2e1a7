#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;

use super::*;

const ONE: &str = "aaaaaaaaaaaa";

fn status(delivered: Option<&str>, service: Option<&str>, given: Option<&str>) -> TokenStatus {
    let read = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    TokenStatus {
        server: "pbx@172.31.16.158".to_owned(),
        file: Some("/var/lib/portsip/dataflow/token".to_owned()),
        delivered: read(delivered),
        since: "2026-11-24T09:12:49Z"
            .parse()
            .ok()
            .filter(|_| delivered.is_some()),
        service: read(service),
        given: read(given),
        matches: None,
    }
}

#[test]
fn a_token_that_is_everywhere_the_same() {
    let status = TokenStatus {
        matches: Some(true),
        ..status(Some(ONE), Some(ONE), Some(ONE))
    };
    assert_snapshot!(human(&status));
}

#[test]
fn a_file_that_somebody_else_changed() {
    let status = TokenStatus {
        matches: Some(false),
        ..status(Some("bbbbbbbbbbbb"), Some(ONE), None)
    };
    assert_snapshot!(human(&status));
}

#[test]
fn a_server_of_which_nothing_is_known() {
    let status = TokenStatus {
        file: None,
        ..status(None, None, None)
    };
    assert_snapshot!(human(&status));
    let answers = [Answer {
        name: "paris".to_owned(),
        result: Ok(status),
    }];
    assert_snapshot!("overview", overview(&answers, None));
}
