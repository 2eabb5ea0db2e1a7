//! What is generated for one lab: the key that signs in, and the passwords.
//!
//! The registry container keeps them, so that another checkout of the workspace can take over a lab that is up.

use std::fs::{self, File};
use std::io::Read;
use std::process::Command;

use super::{container, files, registry};
use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::{process, say};

/// Where the registry container keeps them.
pub(super) const KEPT_IN_REGISTRY: &str = "/lab";

const PASSWORDS: &[&str] = &["pbx.password", "registry.password"];

/// Takes over what the running lab has, or generates what is missing.
pub(super) fn ensure() -> Result<()> {
    let directory = files::secrets();
    files::make_private_directory(&directory)?;
    if container::exists(registry::CONTAINER) {
        return take_over();
    }
    for name in PASSWORDS {
        let path = directory.join(name);
        if !path.exists() {
            files::write_private(&path, &format!("{}\n", password()?))?;
        }
    }
    let key = directory.join("id_ed25519");
    if !key.exists() {
        say::line("generating the lab's key and passwords");
        process::capture(
            Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-C", "dataflow lab", "-f"])
                .arg(&key),
        )?;
    }
    Ok(())
}

fn take_over() -> Result<()> {
    let directory = files::secrets();
    let public_key = kept("id_ed25519.pub")?;
    let complete = PASSWORDS
        .iter()
        .chain(&["id_ed25519"])
        .all(|name| directory.join(name).exists());
    if complete
        && fs::read_to_string(directory.join("id_ed25519.pub")).is_ok_and(|ours| ours == public_key)
    {
        return Ok(());
    }
    for name in PASSWORDS.iter().chain(&["id_ed25519"]) {
        files::write_private(&directory.join(name), &kept(name)?)?;
    }
    // Last: it says that the others are from the same lab.
    files::write_private(&directory.join("id_ed25519.pub"), &public_key)
}

/// What the registry container keeps under this name. As a tar stream, since the file itself would be written by root where docker
/// needs sudo.
fn kept(name: &str) -> Result<String> {
    let source = format!("{}:{KEPT_IN_REGISTRY}/{name}", registry::CONTAINER);
    process::capture(docker().args(["cp", &source, "-"])).and_then(|tar| first_file(&tar))
}

/// The first file in a tar archive: its length is in octal at 124, it starts at 512.
fn first_file(tar: &str) -> Result<String> {
    let length = tar
        .get(124..135)
        .and_then(|octal| usize::from_str_radix(octal, 8).ok());
    let text = length.and_then(|length| tar.get(512..512 + length));
    text.map(str::to_owned)
        .context("docker cp gave no tar archive with a text file")
}

/// One of the secrets, without the line's end.
pub(super) fn read(name: &str) -> Result<String> {
    let path = files::secrets().join(name);
    fs::read_to_string(&path)
        .map(|text| text.trim().to_owned())
        .context(path.display())
}

/// 24 letters and digits from the system's random numbers.
pub(super) fn password() -> Result<String> {
    const SET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let mut bytes = [0; 24];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("/dev/urandom")?;
    // The slight bias of the remainder is of no account for a lab.
    Ok(bytes
        .iter()
        .map(|byte| char::from(SET[usize::from(*byte) % SET.len()]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_tar_archive_when_read_then_the_file_comes_out_whole() {
        let mut tar = String::from("name");
        tar.push_str(&"\0".repeat(120));
        tar.push_str("00000000005\0");
        tar.push_str(&" ".repeat(512 - tar.len()));
        tar.push_str("hello");
        tar.push_str(&"\0".repeat(507));
        assert_eq!(first_file(&tar).ok().as_deref(), Some("hello"));
    }

    #[test]
    fn given_a_cut_archive_when_read_then_it_is_refused() {
        assert!(first_file("short").is_err());
    }
}
