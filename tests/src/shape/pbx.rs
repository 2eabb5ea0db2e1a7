use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prerequisite {
    pub id: String,
    pub title: String,
    pub state: Stands,
    pub seen: String,
    pub remedy: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    Ok,
    Missing,
    Expiring,
    Wrong,
    NotChecked,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    pub server: String,
    pub prerequisites: Vec<Prerequisite>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    pub pbx: String,
    pub prerequisites: Vec<Prerequisite>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    pub pbx: String,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub id: String,
    pub cidr: String,
    pub target: String,
    pub expire_at: Option<String>,
    pub description: String,
    pub ours: bool,
    pub ended: bool,
    pub covers: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    pub pbx: String,
    pub changed: bool,
    pub steps: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub server: String,
    pub file: Option<String>,
    pub delivered: Option<String>,
    pub since: Option<String>,
    pub service: Option<String>,
    pub given: Option<String>,
    pub matches: Option<bool>,
}
