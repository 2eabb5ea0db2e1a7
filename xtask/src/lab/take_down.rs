//! `lab down`: removes what carries the lab's label, and nothing else.

use std::fs;

use super::{LABEL, files, images, lock};
use crate::docker::{self, docker};
use crate::failure::{Context, Result};
use crate::{process, say};

/// Takes the lab away; with `purge` also its images.
pub(crate) fn take_down(purge: bool) -> Result<()> {
    let _lock = lock()?;
    if process::find("docker").is_some() && docker::answers() {
        for (kind, remove) in [
            ("container", &["rm", "--force", "--volumes"] as &[&str]),
            ("volume", &["rm", "--force"]),
            ("network", &["rm"]),
        ] {
            let all: &[&str] = if kind == "container" { &["--all"] } else { &[] };
            let labelled = process::capture(
                docker()
                    .args([kind, "ls", "--quiet", "--filter", &format!("label={LABEL}")])
                    .args(all),
            )?;
            let labelled: Vec<&str> = labelled.lines().collect();
            if !labelled.is_empty() {
                say::line(format!("removing {} {kind}(s) of the lab", labelled.len()));
                process::capture(docker().arg(kind).args(remove).args(labelled))?;
            }
        }
        if purge {
            images::remove_all()?;
        }
        docker::stop_ours()?;
    }
    // Another lab will have other keys; what is left here would only mislead.
    if files::directory().exists() {
        fs::remove_dir_all(files::directory()).context(files::directory().display())?;
    }
    say::line(if purge {
        "the lab and its images are gone"
    } else {
        "the lab is down; its images are kept for the next time"
    });
    Ok(())
}
