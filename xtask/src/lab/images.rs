//! The lab's images: which there are, and whether the ones in the engine are still those that the sources describe.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::thread;

use super::{files, program, roots};
use crate::docker::docker;
use crate::failure::{Context, Failure, Result};
use crate::{process, say};

/// The label that says from which sources an image was built.
pub(super) const HASH_LABEL: &str = "dataflow.lab.hash";

const ROOTS: &[&str] = &["vendor-root", "server-root", "registry-root"];

/// An image built by a Dockerfile on top of one of the roots.
struct Image {
    /// `dataflow-lab/…` in this machine's engine; published under `portsip/…` where the vendor has one of that name.
    name: &'static str,
    root: &'static str,
    /// Folder under `xtask/lab`.
    sources: &'static str,
    /// A program of this workspace that goes into it.
    program: Option<&'static str>,
    build_args: &'static [(&'static str, &'static str)],
    version_label: Option<&'static str>,
}

const fn image(
    name: &'static str,
    root: &'static str,
    sources: &'static str,
    build_args: &'static [(&'static str, &'static str)],
    version_label: Option<&'static str>,
) -> Image {
    Image {
        name,
        root,
        sources,
        program: None,
        build_args,
        version_label,
    }
}

/// The last argument is the label `version`, the one that decides whether an image may be deployed.
const IMAGES: &[Image] = &[
    image("registry:latest", "registry-root", "registry", &[], None),
    image("server:latest", "server-root", "server", &[], None),
    Image {
        program: Some("lab-pbx"),
        ..image("lab-pbx:latest", "server-root", "lab-pbx", &[], None)
    },
    image(
        "clickhouse:25.8",
        "vendor-root",
        "clickhouse",
        &[("VERSION", "25.8.1")],
        Some("25.8.1"),
    ),
    image(
        "clickhouse:26.3",
        "vendor-root",
        "clickhouse",
        &[("VERSION", "26.3.1")],
        Some("26.3.1"),
    ),
    image(
        "clickhouse:27.1",
        "vendor-root",
        "clickhouse",
        &[("VERSION", "27.1.1")],
        Some("27.1.1"),
    ),
    image(
        "pbx:22",
        "vendor-root",
        "pbx",
        &[("VERSION", "22.3.5")],
        Some("22.3.5"),
    ),
    image(
        "pbx:22.4",
        "vendor-root",
        "pbx",
        &[("VERSION", "22.4.0")],
        Some("22.4.0"),
    ),
    image(
        "pbx:old",
        "vendor-root",
        "pbx",
        &[("VERSION", "22.2.9")],
        Some("22.2.9"),
    ),
    image(
        "pbx:nolabel",
        "vendor-root",
        "pbx",
        &[("VERSION", "22.3.5")],
        None,
    ),
    image(
        "pbx:initfails",
        "vendor-root",
        "pbx",
        &[("VERSION", "22.5.0"), ("FAILS", "init")],
        Some("22.5.0"),
    ),
    image(
        "pbx:crashes",
        "vendor-root",
        "pbx",
        &[("VERSION", "22.6.0"), ("FAILS", "serve")],
        Some("22.6.0"),
    ),
    image(
        "pbx:big",
        "vendor-root",
        "pbx",
        &[("VERSION", "22.4.1"), ("PADDING", "200M")],
        Some("22.4.1"),
    ),
];

/// The images in the engine: name to image id. All are as the sources describe.
pub(super) type Ids = HashMap<String, String>;

/// The images that stand in for the vendor's: the name here and the name to pull.
pub(super) fn published() -> impl Iterator<Item = (String, String)> {
    let ours = IMAGES.iter().filter(|image| image.root == "vendor-root");
    ours.map(|image| (full_name(image.name), format!("portsip/{}", image.name)))
}

/// Builds what is missing or was built from other sources.
pub(super) fn ensure() -> Result<Ids> {
    let present = present()?;
    let is_current = |name: &str, hash: &str| {
        present
            .get(name)
            .is_some_and(|(_, built_from)| built_from == hash)
    };
    let mut root_hashes = HashMap::new();
    let mut stale_roots = Vec::new();
    for root in ROOTS {
        let hash = hash([roots::recipe(root)?.as_bytes()]);
        if !is_current(&full_name(&format!("{root}:latest")), &hash) {
            stale_roots.push((*root, hash.clone()));
        }
        root_hashes.insert(*root, hash);
    }
    thread::scope(|scope| {
        let builds: Vec<_> = stale_roots
            .iter()
            .map(|(root, hash)| scope.spawn(|| roots::build(root, hash)))
            .collect();
        builds.into_iter().try_for_each(|build| {
            build
                .join()
                .map_err(|_| Failure::new("building a root file system was cut short"))?
        })
    })?;
    let mut built_any = !stale_roots.is_empty();
    for image in IMAGES {
        let hash = image.hash(&root_hashes[image.root])?;
        if !is_current(&full_name(image.name), &hash) {
            image.build(&hash)?;
            built_any = true;
        }
    }
    let now = if built_any { self::present()? } else { present };
    Ok(now.into_iter().map(|(name, (id, _))| (name, id)).collect())
}

/// Removes every image of the lab.
pub(super) fn remove_all() -> Result<()> {
    say::line("removing the lab's images");
    let names: Vec<String> = present()?.into_keys().collect();
    if !names.is_empty() {
        process::capture(docker().args(["image", "rm", "--force"]).args(names))?;
    }
    // Those that later builds took the name from.
    process::capture(docker().args([
        "image",
        "prune",
        "--force",
        "--filter",
        &format!("label={HASH_LABEL}"),
    ]))
    .map(drop)
}

impl Image {
    fn hash(&self, root_hash: &str) -> Result<String> {
        let mut parts = vec![
            root_hash.as_bytes().to_vec(),
            format!("{:?} {:?}", self.build_args, self.version_label).into_bytes(),
        ];
        collect_files(&files::assets(self.sources), &mut parts)?;
        for source in self.program.iter().flat_map(|name| program::sources(name)) {
            collect(&source, &mut parts)?;
        }
        Ok(hash(parts.iter().map(Vec::as_slice)))
    }

    fn build(&self, hash: &str) -> Result<()> {
        say::line(format!("building {}", full_name(self.name)));
        // The classic builder is part of every Docker Engine; BuildKit is a package of its own on Debian.
        let mut command = process::as_root("env");
        command.args([
            "DOCKER_BUILDKIT=0",
            "docker",
            "build",
            "--quiet",
            "--tag",
            &full_name(self.name),
        ]);
        command.args(["--label", &format!("{HASH_LABEL}={hash}")]);
        for (key, value) in self.build_args {
            command.args(["--build-arg", &format!("{key}={value}")]);
        }
        if let Some(version) = self.version_label {
            command.args(["--label", &format!("version={version}")]);
        }
        let sources = files::assets(self.sources);
        let context = match self.program {
            Some(name) => program::context(name, &sources)?,
            None => sources,
        };
        process::capture(command.arg(context)).map(drop)
    }
}

fn full_name(name: &str) -> String {
    format!("dataflow-lab/{name}")
}

/// What the engine has: name to image id and hash.
fn present() -> Result<HashMap<String, (String, String)>> {
    let listed = process::capture(docker().args([
        "image",
        "ls",
        "--format",
        "{{.Repository}}:{{.Tag}}",
        "--filter",
        &format!("label={HASH_LABEL}"),
    ]))?;
    let names: Vec<&str> = listed
        .lines()
        .filter(|name| name.starts_with("dataflow-lab/"))
        .collect();
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let format = format!("{{{{.Id}}}} {{{{index .Config.Labels \"{HASH_LABEL}\"}}}}");
    let inspected = process::capture(
        docker()
            .args(["image", "inspect", "--format", &format])
            .args(&names),
    )?;
    // One line for each name, in the order they were asked for.
    let lines = inspected.lines().filter_map(|line| line.split_once(' '));
    Ok(names
        .into_iter()
        .zip(lines)
        .map(|(name, (id, hash))| (name.to_owned(), (id.to_owned(), hash.to_owned())))
        .collect())
}

/// Paths and contents of all files below `directory`, in a fixed order.
fn collect_files(directory: &Path, parts: &mut Vec<Vec<u8>>) -> Result<()> {
    let entries = fs::read_dir(directory).context(directory.display())?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    for path in paths {
        collect(&path, parts)?;
    }
    Ok(())
}

fn collect(path: &Path, parts: &mut Vec<Vec<u8>>) -> Result<()> {
    let name = path.file_name().unwrap_or_default();
    parts.push(name.as_encoded_bytes().to_vec());
    if path.is_dir() {
        collect_files(path, parts)
    } else {
        parts.push(fs::read(path).context(path.display())?);
        Ok(())
    }
}

/// FNV-1a: stable between toolchains, which the standard hasher does not promise. Guards against change, not against malice.
fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut value: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.iter().chain(&[0]) {
            value = (value ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{value:016x}")
}
