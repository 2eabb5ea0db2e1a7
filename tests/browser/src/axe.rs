//! axe-core, an engine that finds what keeps people from using a page. It is fetched once from npm, and is in tests only.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::Browser;

/// The version that is used. Its licence is MPL-2.0.
const VERSION: &str = "4.14.1";

/// Runs it, for what the levels A and AA of WCAG 2.2 ask and for its own advice.
const RUN: &str = "
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  (found) => done(found.violations.map((rule) => ({
    id: rule.id, impact: rule.impact, help: rule.help,
    where: rule.nodes.slice(0, 5).map((node) => node.target.join(' ') + ': ' + node.failureSummary),
  }))),
  (error) => done([{ id: 'axe', impact: 'critical', help: String(error), where: [] }]),
);";

impl Browser {
    /// What the engine finds serious or critical on this page, one line each.
    pub async fn faults(&self) -> Vec<String> {
        let engine = self.axe.get_or_init(engine);
        // By the driver, past the page's own policy, which allows no such script.
        self.run(engine, Vec::new()).await;
        let found = self.client().execute_async(RUN, Vec::new()).await;
        let found = found.expect("axe runs");
        let rules = found.as_array().cloned().unwrap_or_default();
        let serious = rules.iter().filter(|rule| {
            let impact = rule["impact"].as_str().unwrap_or_default();
            matches!(impact, "serious" | "critical")
        });
        serious.map(told).collect()
    }
}

fn told(rule: &Value) -> String {
    let where_ = rule["where"].as_array().cloned().unwrap_or_default();
    let where_: Vec<&str> = where_.iter().filter_map(Value::as_str).collect();
    format!(
        "{} ({}): {}\n    {}",
        rule["id"].as_str().unwrap_or_default(),
        rule["impact"].as_str().unwrap_or_default(),
        rule["help"].as_str().unwrap_or_default(),
        where_.join("\n    ")
    )
}

/// The engine's script.
fn engine() -> String {
    let directory = directory();
    let script = directory.join("package/axe.min.js");
    if !script.exists() {
        fetch(&directory);
    }
    std::fs::read_to_string(script).expect("axe-core is there")
}

/// Beside what cargo builds.
fn directory() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("target/axe-core").join(VERSION)
}

/// By npm's own client, without running anything of the package.
fn fetch(directory: &Path) {
    std::fs::create_dir_all(directory).unwrap();
    let packed = Command::new("npm")
        .args([
            "pack",
            "--silent",
            "--ignore-scripts",
            &format!("axe-core@{VERSION}"),
        ])
        .current_dir(directory)
        .status()
        .expect("npm is installed (Debian's package npm)");
    assert!(packed.success(), "npm fetches axe-core");
    let unpacked = Command::new("tar")
        .args([
            "-xzf",
            &format!("axe-core-{VERSION}.tgz"),
            "package/axe.min.js",
            "package/LICENSE",
        ])
        .current_dir(directory)
        .status()
        .unwrap();
    assert!(unpacked.success(), "tar unpacks axe-core");
}
