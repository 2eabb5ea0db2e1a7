//! How long the containers take to start by themselves, with nothing of ours around them.

use super::server;
use crate::failure::{Context, Result};

/// Empties the database and starts over with Docker's own command line. Prints moments in seconds since boot, two for each of:
/// ClickHouse until it answers, the initialisation program alone, the start of the service.
const SCRIPT: &str = r#"
set -eu
now() { cut -d' ' -f1 /proc/uptime; }
password=$(sed -n 's/^password *= *//p' "$0/dataflow/system.ini")
image=$(docker inspect --format '{{.Image}}' portsip.dataflow)
docker stop portsip.dataflow portsip.clickhouse >/dev/null
find "$0/dataflow" "$0/clickhouse/data" "$0/clickhouse/log" -mindepth 1 -delete

now
docker start portsip.clickhouse >/dev/null
tries=0
until curl --silent --fail --max-time 1 --output /dev/null http://127.0.0.1:8123/ping; do
    tries=$((tries + 1)); [ $tries -lt 3000 ]
    sleep 0.02
done
now

printf '%s\n' "$password" | docker run --rm --interactive --network host --user root \
    --volume "$0/dataflow:/var/lib/portsip/dataflow" --entrypoint sh "$image" -c '
        read -r password
        cut -d" " -f1 /proc/uptime
        /usr/local/bin/initdt_dataflow.sh initdt -D /var/lib/portsip/dataflow --password "$password" >/dev/null
        cut -d" " -f1 /proc/uptime'

now
docker start portsip.dataflow >/dev/null
now
"#;

/// In seconds. What is deployed has to be running; afterwards it runs on an empty database.
pub(super) fn measure() -> Result<f64> {
    let told = server::sh(SCRIPT)?;
    let moments: Vec<f64> = told
        .split_whitespace()
        .map(|moment| moment.parse().context(format!("a moment ({moment})")))
        .collect::<Result<_>>()?;
    match moments[..] {
        [start, answers, init, initialised, service, started] => {
            Ok((answers - start) + (initialised - init) + (started - service))
        }
        _ => None.context(format!(
            "six moments were expected, and {} told",
            moments.len()
        )),
    }
}
