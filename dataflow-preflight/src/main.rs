//! `dataflow-preflight`: says whether the machine it runs on is fit for Data Flow, before anything is installed.

mod args;
mod error;
mod show;

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use dataflow_core::{
    facts::{self, Facts, Metadata, Question},
    preflight::{self, Expectations, Report, Verdict},
    spec::{AwsSettings, SpecError},
};

use crate::{args::Args, error::Failure};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // A reader that went away is no error of ours.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match run(&args) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            show::failure(&failure);
            ExitCode::from(failure.status())
        }
    }
}

fn run(args: &Args) -> Result<u8, Failure> {
    if let Some(id) = &args.explain {
        show::explanation(id)?;
        return Ok(0);
    }
    let expectations = expectations(args);
    // Before anything is read: a check that does not exist is a mistake on the command line.
    for id in &expectations.ignored {
        preflight::find(id)?;
    }
    let facts = match &args.facts {
        Some(path) => recorded(path)?,
        None => read(args)?,
    };
    if let Some(path) = &args.save_facts {
        save(path, &facts)?;
        if path == Path::new("-") {
            return Ok(0);
        }
    }
    let report = judge(&facts, &expectations)?;
    show::report(&report, args)?;
    Ok(status(&report, args.strict))
}

fn expectations(args: &Args) -> Expectations {
    Expectations {
        profile: args.profile.into(),
        private_ip: args.private_ip,
        public_ip: args.public_ip,
        user: args.pbx_user.clone(),
        pbx_os: args.pbx_os.clone(),
        ignored: args.ignore.iter().cloned().collect::<BTreeSet<_>>(),
    }
}

fn status(report: &Report, strict: bool) -> u8 {
    match report.verdict {
        Verdict::Unfit => 1,
        Verdict::FitWithWarnings if strict => 4,
        Verdict::FitWithWarnings | Verdict::Fit => 0,
    }
}

/// A check that panics is part of the report, and not of what the program says besides.
fn judge(facts: &Facts, expectations: &Expectations) -> Result<Report, Failure> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let report = preflight::judge(facts, expectations);
    std::panic::set_hook(hook);
    Ok(report?)
}

fn read(args: &Args) -> Result<Facts, Failure> {
    let question = Question {
        data_path: args.data_path.to_string(),
        count_updates: args.count_updates,
        wants_sudo_password: false,
        metadata: metadata()?,
        pbx: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Start)?;
    let mut facts = runtime.block_on(facts::read_local(&question))?;
    if args.disk_probe {
        let directory = PathBuf::from(&facts.storage.data.path);
        facts.storage.write_latency = Some(facts::write_latency(&directory));
    }
    Ok(facts)
}

/// How AWS is asked: by the variables that its own programs heed.
fn metadata() -> Result<Metadata, SpecError> {
    let endpoint = std::env::var("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_default();
    let disabled = std::env::var("AWS_EC2_METADATA_DISABLED").unwrap_or_default();
    let settings = AwsSettings {
        metadata_endpoint: match endpoint.as_str() {
            "" => None,
            endpoint => Some(endpoint.parse()?),
        },
        disabled: Some(disabled.eq_ignore_ascii_case("true")),
    };
    Ok(settings.metadata())
}

fn recorded(path: &Path) -> Result<Facts, Failure> {
    let refuse = |error| Failure::Read {
        path: path.to_owned(),
        error,
    };
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin()
            .take(facts::RECORDED_LIMIT)
            .read_to_string(&mut text)
            .map_err(refuse)?;
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(facts::RECORDED_LIMIT).read_to_string(&mut text))
            .map_err(refuse)?;
    }
    Ok(Facts::from_json(&text)?)
}

fn save(path: &Path, facts: &Facts) -> Result<(), Failure> {
    let text = facts.to_json()?;
    let written = if path == Path::new("-") {
        writeln!(std::io::stdout(), "{text}")
    } else {
        std::fs::write(path, format!("{text}\n"))
    };
    written.map_err(|error| Failure::Write {
        path: path.to_owned(),
        error,
    })
}
