use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preflight {
    pub schema: u32,
    pub host: String,
    pub machine: String,
    pub profile: String,
    pub verdict: Fitness,
    pub counts: Counts,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fitness {
    Fit,
    FitWithWarnings,
    Unfit,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub pass: usize,
    pub note: usize,
    pub warning: usize,
    pub error: usize,
    pub unknown: usize,
    pub skipped: usize,
    pub crashed: usize,
    pub ignored: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub id: String,
    pub group: String,
    pub title: String,
    pub state: CheckState,
    pub ignored: Option<CheckState>,
    pub seen: String,
    pub required: String,
    pub source: String,
    #[serde(default)]
    pub remedy: Vec<String>,
    pub slow_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    Pass,
    Note,
    Skipped,
    Unknown,
    Warning,
    Crashed,
    Error,
}
