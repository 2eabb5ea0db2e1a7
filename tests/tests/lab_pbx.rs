//! The lab's PBX, and that the lab's service works only while what it needs there is so.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{Lab, SERVICE, wait_until};
use serde_json::json;

/// How long the service may take to be found unhealthy, or healthy.
const PATIENCE: Duration = Duration::from_secs(20);

fn wait_for_health(lab: &Lab, wanted: &str) {
    wait_until(&format!("the service to be {wanted}"), PATIENCE, || {
        lab.inspect(SERVICE)["State"]["Health"]["Status"] == wanted
    });
}

fn says(lab: &Lab, what: &str) -> bool {
    lab.exec(&format!("docker logs {SERVICE} 2>&1"))
        .contains(what)
}

/// The status of the PBX's answer to the server, with its certificate looked at; 000 without an answer.
fn answer(lab: &Lab, path: &str) -> String {
    let pbx = &lab.lab_pbx;
    let authority = std::fs::read_to_string(&pbx.ca_file).expect("the authority");
    let url = format!("https://{}:{}{path}", pbx.address, pbx.port);
    lab.exec(&format!(
        "cat >/tmp/pbx-ca.crt <<'PEM'\n{authority}\nPEM
        curl --silent --cacert /tmp/pbx-ca.crt --max-time 2 --output /dev/null --write-out '%{{http_code}}' {url} || true"
    ))
}

#[test]
fn given_a_service_at_work_when_what_it_needs_at_the_pbx_is_gone_then_it_stops_working_until_that_is_back()
 {
    let lab = Lab::deployed();
    let pbx = &lab.lab_pbx;
    wait_for_health(&lab, "healthy");

    // The whitelist.
    pbx.clear_ip_filters();
    wait_for_health(&lab, "unhealthy");
    assert!(says(&lab, "throttles this server's requests"));
    let rows = lab.rows();
    let entry = format!("{}/32", lab.server.address);
    pbx.add_ip_filter(&entry, "ACCEPT", Some("2020-01-01T00:00:00Z"), "over");
    pbx.forget_requests();
    wait_until("the service to ask again", PATIENCE, || {
        pbx.answers_to_services() == [429, 429]
    });
    assert_eq!(lab.rows(), rows, "an entry that is over has no effect");
    pbx.add_ip_filter(&entry, "ACCEPT", None, "by somebody else");
    wait_for_health(&lab, "healthy");
    lab.wait_for_more_rows();

    // The token, which the service reads at its start.
    let token = pbx.generate_token();
    wait_for_health(&lab, "unhealthy");
    assert!(says(&lab, "refuses the token"));
    lab.exec(&format!(
        "umask 077; f=/var/lib/portsip/dataflow/token; echo '{token}' >$f; chown 888:888 $f"
    ));
    lab.exec(&format!("docker restart --time 1 {SERVICE}"));
    wait_for_health(&lab, "healthy");
    lab.wait_for_more_rows();
    assert!(!says(&lab, &token));

    // The PBX.
    pbx.set(&json!({ "listening": false }));
    wait_for_health(&lab, "unhealthy");
    assert!(says(&lab, "cannot be reached"));
    pbx.set(&json!({ "listening": true }));
    wait_for_health(&lab, "healthy");
}

#[test]
fn given_a_pbx_when_its_certificate_or_its_door_is_changed_then_new_connections_find_that_at_once()
{
    let lab = Lab::open();
    let pbx = &lab.lab_pbx;
    pbx.reset_by_hand();
    assert_eq!(answer(&lab, "/api/info"), "200");
    let good = pbx.fingerprint();
    for kind in ["expired", "wrong-name", "self-signed"] {
        pbx.set(&json!({ "certificate": kind }));
        assert_eq!(answer(&lab, "/api/info"), "000", "{kind}");
        assert_ne!(pbx.fingerprint(), good);
    }
    pbx.set(&json!({ "certificate": "good", "listening": false }));
    assert_eq!(answer(&lab, "/api/info"), "000");
    pbx.set(&json!({ "listening": true }));
    assert_eq!(answer(&lab, "/api/info"), "200");
    assert_eq!(pbx.fingerprint(), good);

    let entry = format!("{}/32", lab.server.address);
    let id = pbx.add_ip_filter(&entry, "DENY", None, "by somebody else");
    assert_eq!(answer(&lab, "/api/info"), "000");
    pbx.remove_ip_filter(&id);
    assert_eq!(answer(&lab, "/api/info"), "200");
    let seen = pbx.requests();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(
        seen.iter()
            .all(|request| request.path == "/api/info" && request.from == lab.server.address)
    );
    pbx.reset_by_hand();
}
