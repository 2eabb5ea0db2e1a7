//! Figures for Prometheus, in its text format.

use std::fmt::Write;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use dataflow_core::docker::{Health, State as Doing};
use jiff::Timestamp;

use crate::{
    fleet::{Seen, Standing, Watched},
    panel::{Panel, Shared},
};

pub(crate) async fn serve(State(panel): State<Shared>) -> Response {
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, text(&panel, Timestamp::now())).into_response()
}

/// That the panel answers.
pub(crate) async fn healthz() -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        "ok\n",
    )
        .into_response()
}

/// One metric, with a line for each thing it is told of.
struct Metric {
    text: String,
    name: &'static str,
}

impl Metric {
    fn new(name: &'static str, kind: &str, help: &str) -> Self {
        let text = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        Self { text, name }
    }

    fn line(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let braced = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        let _never = writeln!(self.text, "{}{braced} {value}", self.name);
    }
}

/// A label's value, as the format has it.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn text(panel: &Panel, now: Timestamp) -> String {
    let servers = panel.fleet.servers();
    let all: Vec<_> = servers
        .iter()
        .map(|server| (server.name(), server.seen()))
        .collect();
    let mut metrics = Vec::new();
    let mut gauge = |name, help: &str, tell: &dyn Fn(&mut Metric, &str, &Seen)| {
        let mut metric = Metric::new(name, "gauge", help);
        for (server, seen) in &all {
            tell(&mut metric, server, seen);
        }
        metrics.push(metric);
    };
    gauge(
        "dataflow_standing",
        "How the server stands: 1 for the state it is in.",
        &|metric, server, seen| {
            let now = seen.standing();
            for standing in Standing::ALL {
                let labels = [("server", server), ("standing", standing.id())];
                metric.line(&labels, u8::from(standing == now));
            }
        },
    );
    gauge(
        "dataflow_answer_age_seconds",
        "Time since the server answered last.",
        &|metric, server, seen| {
            if let Some(at) = seen.answered {
                metric.line(
                    &[("server", server)],
                    now.duration_since(at).as_secs().max(0),
                );
            }
        },
    );
    gauge(
        "dataflow_reachable",
        "Whether the server answered at the last look.",
        &|metric, server, seen| {
            if seen.at.is_some() {
                metric.line(&[("server", server)], u8::from(seen.trouble.is_none()));
            }
        },
    );
    gauge(
        "dataflow_container_running",
        "Whether the container runs.",
        &|metric, server, seen| {
            for container in containers(seen) {
                let labels = [("server", server), ("container", container.name.as_str())];
                metric.line(&labels, u8::from(container.state == Doing::Running));
            }
        },
    );
    gauge(
        "dataflow_container_healthy",
        "Whether the container's health check passes, where it has one.",
        &|metric, server, seen| {
            for container in containers(seen) {
                if let Some(health) = container.health {
                    let labels = [("server", server), ("container", container.name.as_str())];
                    metric.line(&labels, u8::from(health == Health::Healthy));
                }
            }
        },
    );
    gauge(
        "dataflow_container_restarts",
        "How often the engine has restarted the container by itself.",
        &|metric, server, seen| {
            for container in containers(seen) {
                let labels = [("server", server), ("container", container.name.as_str())];
                metric.line(&labels, container.restarts);
            }
        },
    );
    gauge(
        "dataflow_container_processors_busy",
        "How many processors the container keeps busy.",
        &|metric, server, seen| {
            for (container, load) in loads(seen) {
                if let Some(processors) = load.processors {
                    metric.line(&[("server", server), ("container", container)], processors);
                }
            }
        },
    );
    gauge(
        "dataflow_container_memory_bytes",
        "Memory that the container holds.",
        &|metric, server, seen| {
            for (container, load) in loads(seen) {
                if let Some(memory) = load.memory {
                    metric.line(&[("server", server), ("container", container)], memory);
                }
            }
        },
    );
    gauge(
        "dataflow_clickhouse_answers",
        "Whether ClickHouse answers to its password.",
        &|metric, server, seen| {
            let status = seen.status.as_ref();
            if let Some(clickhouse) = status.and_then(|status| status.clickhouse.as_ref()) {
                metric.line(&[("server", server)], u8::from(clickhouse.answers));
            }
        },
    );
    gauge(
        "dataflow_clickhouse_rows",
        "Rows that ClickHouse has stored.",
        &|metric, server, seen| {
            if let Some(rows) = seen.rows() {
                metric.line(&[("server", server)], rows);
            }
        },
    );
    gauge(
        "dataflow_prerequisite",
        "How each prerequisite at the PBX stands: 1 for the state it is in.",
        &|metric, server, seen| {
            for item in seen.status.iter().flat_map(|status| &status.prerequisites) {
                let labels = [
                    ("server", server),
                    ("id", item.id),
                    ("state", item.state.word()),
                ];
                metric.line(&labels, 1);
            }
        },
    );
    gauge(
        "dataflow_disk_size_bytes",
        "Size of the file system that holds the data.",
        &|metric, server, seen| {
            if let Some(size) = seen.fitness.value().and_then(|fitness| fitness.disk_size) {
                metric.line(&[("server", server)], size);
            }
        },
    );
    gauge(
        "dataflow_disk_free_bytes",
        "What is free there.",
        &|metric, server, seen| {
            if let Some(free) = seen.fitness.value().and_then(|fitness| fitness.disk_free) {
                metric.line(&[("server", server)], free);
            }
        },
    );
    gauge(
        "dataflow_preflight_findings",
        "How many checks of the machine ended how.",
        &|metric, server, seen| {
            let Some(fitness) = seen.fitness.value() else {
                return;
            };
            let counts = &fitness.report.counts;
            for (state, number) in [
                ("error", counts.error + counts.crashed),
                ("warning", counts.warning),
                ("unknown", counts.unknown),
            ] {
                metric.line(&[("server", server), ("state", state)], number);
            }
        },
    );
    gauge(
        "dataflow_pending_steps",
        "How many steps a run would do; 0: all is as wanted.",
        &|metric, server, seen| {
            if let Some(plan) = seen.plan.value() {
                metric.line(&[("server", server)], plan.steps.len());
            }
        },
    );
    gauge(
        "dataflow_locked",
        "Whether an operation has the server's lock.",
        &|metric, server, seen| {
            if seen.history.value().is_some() {
                metric.line(&[("server", server)], u8::from(seen.holder().is_some()));
            }
        },
    );
    metrics.extend(looks(&servers));
    metrics.extend(runs(panel));
    let mut listeners = Metric::new("dataflow_web_listeners", "gauge", "How many pages listen.");
    listeners.line(&[], listening(panel, &servers));
    metrics.push(listeners);
    metrics.into_iter().map(|metric| metric.text).collect()
}

fn containers(seen: &Seen) -> &[dataflow_core::lifecycle::ContainerStatus] {
    seen.status
        .as_ref()
        .map_or(&[], |status| &status.containers)
}

fn loads(seen: &Seen) -> Vec<(&'static str, crate::fleet::Load)> {
    let names = dataflow_core::spec::Release::portsip();
    let Some(sample) = &seen.sample else {
        return Vec::new();
    };
    vec![
        (names.clickhouse_name, sample.clickhouse),
        (names.service_name, sample.service),
    ]
}

fn looks(servers: &[std::sync::Arc<Watched>]) -> [Metric; 2] {
    let mut looks = Metric::new("dataflow_looks_total", "counter", "Looks at the server.");
    let mut failed = Metric::new(
        "dataflow_looks_failed_total",
        "counter",
        "Looks that it did not answer.",
    );
    for server in servers {
        let (all, not) = server.looks();
        looks.line(&[("server", server.name())], all);
        failed.line(&[("server", server.name())], not);
    }
    [looks, failed]
}

fn runs(panel: &Panel) -> [Metric; 3] {
    let mut number = Metric::new(
        "dataflow_runs_total",
        "counter",
        "Operations of the panel that are over.",
    );
    let mut time = Metric::new(
        "dataflow_runs_seconds_total",
        "counter",
        "Time that they took.",
    );
    let mut finished: Vec<_> = panel.runs.finished().into_iter().collect();
    finished.sort_by_key(|(of, _)| *of);
    for ((verb, outcome), (times, took)) in finished {
        let labels = [("verb", verb.name()), ("outcome", outcome.name())];
        number.line(&labels, times);
        time.line(&labels, took.as_secs_f64());
    }
    let mut at_work = Metric::new(
        "dataflow_runs_at_work",
        "gauge",
        "Operations of the panel that are at work.",
    );
    at_work.line(&[], panel.runs.at_work());
    [number, time, at_work]
}

fn listening(panel: &Panel, servers: &[std::sync::Arc<Watched>]) -> usize {
    let of_servers = servers
        .iter()
        .map(|server| server.topic.listeners() + server.logs.topic.listeners());
    let of_runs = panel.runs.all();
    let of_runs = of_runs.iter().map(|run| run.topic().listeners());
    panel.live.overview.listeners() + of_servers.sum::<usize>() + of_runs.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_can_hold_anything() {
        let mut metric = Metric::new("x", "gauge", "X.");
        metric.line(&[("server", "a\"b\\c\nd")], 1);
        metric.line(&[], 2.5);
        insta::assert_snapshot!(metric.text, @r#"
        # HELP x X.
        # TYPE x gauge
        x{server="a\"b\\c\nd"} 1
        x 2.5
        "#);
    }
}
