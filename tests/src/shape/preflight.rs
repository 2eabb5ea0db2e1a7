use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preflight {
    pub schema: u32,
    pub host: String,
    pub machine: String,
    pub profile: Profile,
    pub verdict: Verdict,
    pub counts: Counts,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    Standard,
    LargeScale,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
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
    pub group: Group,
    pub title: String,
    pub state: State,
    pub ignored: Option<State>,
    pub seen: String,
    pub required: String,
    pub source: String,
    #[serde(default)]
    pub remedy: Vec<String>,
    pub slow_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    Hardware,
    System,
    Kernel,
    Account,
    Network,
    Forbidden,
    Docker,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Pass,
    Note,
    Skipped,
    Unknown,
    Warning,
    Crashed,
    Error,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mended {
    pub server: String,
    pub run: Option<String>,
    pub changed: bool,
    pub steps: Vec<String>,
    pub preflight: Preflight,
}
