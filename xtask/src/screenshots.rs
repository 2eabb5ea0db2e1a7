//! `cargo xtask screenshots`: pictures of every page of the panel, to be looked at.

use crate::failure::{Context, Result};
use crate::{packages, process, say};

/// The test of the panel that takes them.
const TAKEN_BY: &str = "showcase::browser::pictures";

/// Takes them: all, or those of pages whose names contain `only`.
pub(crate) fn main(only: Option<&str>) -> Result<()> {
    packages::ensure_for_browser()?;
    let directory = process::target().join("screenshots");
    if only.is_none() {
        // Those of pages that are gone must not stay.
        let _none_yet = std::fs::remove_dir_all(&directory);
    }
    std::fs::create_dir_all(&directory).context("target/screenshots")?;
    process::run(
        process::cargo()
            .env("PICTURES", &directory)
            .env("ONLY", only.unwrap_or_default())
            .args(["test", "--package", "dataflow-web", "--quiet", "--"])
            .args([TAKEN_BY, "--ignored"]),
    )?;
    say::line(format!("look at {}", directory.display()));
    Ok(())
}
