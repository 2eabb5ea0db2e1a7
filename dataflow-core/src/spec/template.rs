//! A settings file to begin with: every key, with what it is, and the values that are known already.

use std::path::PathBuf;

use super::{
    PrerequisiteMode, Secret, Settings, SpecError,
    keys::{INNER, Key, SERVER, SERVERS},
};
use crate::preflight::{CheckId, Profile};

/// How wide the comments are, in characters.
const WIDTH: usize = 100;

impl Settings {
    /// The text of a commented settings file that says the same as these settings: what they don't mention is there as a
    /// comment, with its default or an example.
    ///
    /// # Errors
    /// [`SpecError::SecretForFile`] where a secret is set that is not in a file of its own.
    pub fn to_commented_toml(&self) -> Result<String, SpecError> {
        let mut text = String::new();
        comment(
            &mut text,
            "Settings for dataflow. Flags and variables are stronger than this file. A line that begins with # is off: it shows the default, or an example.",
        );
        for key in SERVER.keys {
            text.push('\n');
            entry(&mut text, key, self.given(key.name)?);
        }
        for table in INNER {
            text.push('\n');
            comment(&mut text, table.about);
            text.push_str(&format!("[{}]\n", table.name));
            for key in table.keys {
                entry(
                    &mut text,
                    key,
                    self.given(&format!("{}.{}", table.name, key.name))?,
                );
            }
        }
        text.push('\n');
        comment(
            &mut text,
            "Several servers in one file: a table for each, with the same keys; what is said above then counts for all that do not say otherwise. Name one with --server NAME.",
        );
        text.push_str(&format!(
            "# [{SERVERS}.paris]\n# private-ip = \"172.31.16.158\"\n# [{SERVERS}.paris.ssh]\n# identities = [\"~/.ssh/paris\"]\n"
        ));
        Ok(text)
    }

    /// The value of a key in TOML, where it is set.
    fn given(&self, key: &str) -> Result<Option<String>, SpecError> {
        let ssh = &self.ssh;
        let registry = &self.registry;
        let api = &self.api;
        Ok(match key {
            "host" => string(self.host.as_ref()),
            "private-ip" => string(self.private_ip.as_ref()),
            "public-ip" => string(self.public_ip.as_ref()),
            "pbx" => string(self.pbx.as_ref()),
            "data-path" => string(self.data_path.as_ref()),
            "image" => string(self.image.as_ref()),
            "clickhouse-image" => string(self.clickhouse_image.as_ref()),
            "start-grace" => self.start_grace.map(|seconds| seconds.to_string()),
            "nofile" => self.nofile.map(|number| number.to_string()),
            "pull" => string(self.pull.map(super::Pull::word)),
            "preflight.ignore" => ids(&self.preflight.ignore),
            "preflight.profile" => string(self.preflight.profile.map(Profile::name)),
            "ssh.config" => string(ssh.config.as_ref().map(|path| path.display())),
            "ssh.jump" => string(ssh.jump.as_ref()),
            "ssh.identities" => paths(ssh.identities.as_ref()),
            "ssh.agent" => ssh.agent.map(|agent| agent.to_string()),
            "ssh.known-hosts" => paths(ssh.known_hosts.as_ref()),
            "ssh.host-key" => string(ssh.host_key.as_ref()),
            "ssh.connect-timeout" => ssh.connect_timeout.map(|seconds| seconds.to_string()),
            "ssh.password-file" => file(key, ssh.password.as_ref())?,
            "ssh.passphrase-file" => file(key, ssh.passphrase.as_ref())?,
            "ssh.sudo-password-file" => file(key, ssh.sudo_password.as_ref())?,
            "registry.server" => string(registry.server.as_ref()),
            "registry.user" => string(registry.user.as_ref()),
            "registry.token-file" => file(key, registry.token.as_ref())?,
            "api.url" => string(api.url.as_ref()),
            "api.user" => string(api.user.as_ref()),
            "api.password-file" => file(key, api.password.as_ref())?,
            "api.ca-file" => string(api.ca_file.as_ref().map(|path| path.display())),
            "api.certificate" => string(api.certificate.as_ref()),
            "api.timeout" => api.timeout.map(|seconds| seconds.to_string()),
            "prerequisites.mode" => string(self.prerequisites.mode.map(PrerequisiteMode::word)),
            "prerequisites.to-pbx" => ports(self.prerequisites.to_pbx.as_ref()),
            "prerequisites.from-pbx" => ports(self.prerequisites.from_pbx.as_ref()),
            "token.file" => file(key, self.token.token.as_ref())?,
            "token.deliver-as" => string(self.token.deliver_as.as_ref()),
            "token.generate-path" => string(self.token.generate_path.as_ref()),
            "aws.metadata-endpoint" => string(self.aws.metadata_endpoint.as_ref()),
            _ => None,
        })
    }
}

fn entry(text: &mut String, key: &Key, given: Option<String>) {
    comment(text, key.about);
    let off = if given.is_some() { "" } else { "# " };
    let value = given.as_deref().unwrap_or(key.sample);
    text.push_str(&format!("{off}{} = {value}\n", key.name));
}

/// Lines of a comment, broken between words.
fn comment(text: &mut String, words: &str) {
    let mut line = "#".to_owned();
    for word in words.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = "#".to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

fn string(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| quoted(value.to_string()))
}

fn quoted(text: String) -> String {
    toml::Value::String(text).to_string()
}

fn ids(ids: &[CheckId]) -> Option<String> {
    let each = ids.iter().map(|id| quoted(id.to_string()));
    (!ids.is_empty()).then(|| format!("[{}]", each.collect::<Vec<_>>().join(", ")))
}

fn paths(paths: Option<&Vec<PathBuf>>) -> Option<String> {
    let paths = paths?.iter().map(|path| quoted(path.display().to_string()));
    Some(format!("[{}]", paths.collect::<Vec<_>>().join(", ")))
}

fn ports(ports: Option<&Vec<u16>>) -> Option<String> {
    let ports = ports?.iter().map(u16::to_string);
    Some(format!("[{}]", ports.collect::<Vec<_>>().join(", ")))
}

fn file(key: &str, secret: Option<&Secret>) -> Result<Option<String>, SpecError> {
    match secret {
        None => Ok(None),
        Some(Secret::File(path)) => Ok(string(Some(path.display()))),
        Some(Secret::Value(_)) => Err(SpecError::SecretForFile {
            key: key.to_owned(),
        }),
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
