use insta::assert_snapshot;

use super::*;

#[test]
fn every_difference_is_named_without_showing_a_secret() {
    let cases: [fn(&mut Container); 12] = [
        |c| c.image_id = "sha256:9999999999999999".to_owned(),
        |c| c.user = "nobody".to_owned(),
        |c| c.command.push("--debug".to_owned()),
        |c| c.entrypoint.push("/bin/sh".to_owned()),
        |c| drop(c.mounts.pop()),
        |c| drop(c.cap_add.pop()),
        |c| c.ulimits = [("nofile".to_owned(), ulimit(1024))].into(),
        |c| c.restart_policy = "no".to_owned(),
        |c| c.network = "bridge".to_owned(),
        |c| c.healthcheck = None,
        |c| c.stop_timeout = None,
        |c| {
            c.env
                .insert("CLICKHOUSE_PASSWORD".to_owned(), "canary".into());
            c.env.insert("EXTRA".to_owned(), "1".into());
            c.env.remove("CLICKHOUSE_DB");
        },
    ];
    let wanted = desired().clickhouse;
    let observed = deployed();
    let image = &observed.images[CLICKHOUSE_IMAGE];
    let told: Vec<String> = cases
        .iter()
        .map(|change| {
            let mut found = observed.containers[DATABASE].clone();
            change(&mut found);
            let found = differences(&wanted, Some(image), &found);
            found
                .iter()
                .map(Difference::cause)
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    image: portsip/clickhouse:25.8 25.8.1 (999999999999), wanted: portsip/clickhouse:25.8 25.8.1 (cccccccccccc)
    user: nobody, wanted: root
    command: server --debug, wanted: server
    entry point: /bin/sh, wanted: none
    mount on /var/log/clickhouse-server: none, wanted: /var/lib/portsip/clickhouse/log
    added capabilities: IPC_LOCK NET_ADMIN, wanted: IPC_LOCK NET_ADMIN SYS_NICE
    limit of open files: 1024, wanted: 655360
    restart policy: no, wanted: unless-stopped
    network: bridge, wanted: host
    health check: none, wanted: "wget --spider -q http://localhost:8123/ping" every 10s, timeout 3s, 3 retries, 90s to start
    time to stop: none, wanted: 300 s
    variable CLICKHOUSE_DB: none, wanted: the release's value
    variable CLICKHOUSE_PASSWORD: another value, wanted: (secret)
    variable EXTRA: set, wanted: none
    "#);
}
