//! The control panel under load: many who watch, many who ask, and some who mean no good, while somebody reads its pages.

mod hostile;
mod http;
mod pages;
mod requests;
mod served;
mod viewers;

use std::future::Future;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::limits;
use super::program::Program;
use super::report::Report;
use super::server;
use crate::failure::{Context, Failure, Result};
use crate::wait;
use pages::Readers;
use requests::Hello;
use served::Served;
use viewers::Viewers;

/// Those who watch a run.
const VIEWERS: usize = 1000;

/// How long pages are read while nothing else happens.
const QUIET: Duration = Duration::from_secs(3);

/// How long a deploy may take, the pull included.
const DEPLOY: Duration = Duration::from_secs(120);

/// How often requests are counted, in turns with the server that says hello.
const TURNS: usize = 3;

/// How often the administrator signs in while passwords are guessed.
const SIGN_INS: usize = 5;

/// Deploys on an empty server with many watching, and then does no good to the panel.
pub(super) fn measure(program: &Program, binary: &Path, report: &mut Report) -> Result<()> {
    allow_many_files()?;
    server::reset(false)?;
    let served = Served::start(binary, program)?;
    watch(&served, report)?;
    ask(&served, report)?;
    attack(&served, report)?;
    report.limited(limits::PANEL_MEMORY_IN_ALL, served.peak()?);
    Ok(())
}

fn watch(served: &Served, report: &mut Report) -> Result<()> {
    let run = served.deploy()?;
    let pages = ["/".to_owned(), format!("/runs/{run}")];
    let read = || Readers::begin(served.address, &served.cookie, &pages);
    let ((), quiet) = read().meanwhile(|| {
        thread::sleep(QUIET);
        Ok(())
    })?;
    report.limited(limits::PAGES_QUIET, quiet);
    let runtime = runtime()?;
    let viewers = Viewers::open(served.address, &served.cookie, &run, VIEWERS);
    let viewers = runtime.block_on(viewers)?;
    let heard = thread::scope(|scope| {
        // They listen in a thread of their own while this one says yes and waits.
        let listening = scope.spawn(|| runtime.block_on(viewers.heard()));
        let over = read().meanwhile(|| over(served, &run));
        let heard = listening.join();
        Ok::<_, Failure>((
            over?.1,
            heard.map_err(|_| Failure::new("viewers panicked"))??,
        ))
    });
    let (busy, heard) = heard?;
    if heard.events == 0 {
        return Err(Failure::new("nobody heard anything of the deploy"));
    }
    report.limited(limits::PAGES_WATCHED, busy);
    report.limited(limits::PANEL_MEMORY, served.peak()?);
    report.limited(limits::EVENTS, heard.events as f64);
    report.limited(limits::EVENTS_LOST, heard.lost as f64);
    Ok(())
}

fn over(served: &Served, run: &str) -> Result<()> {
    let mut failed = None;
    let outcome = wait::until("the panel's deploy", DEPLOY, || {
        served.approve(run).unwrap_or_else(|failure| {
            failed = Some(failure);
            Some("failed".to_owned())
        })
    })
    .map_err(|failure| {
        let events = served.get(&format!("/runs/{run}/events"));
        let events = events.map_or_else(|error| error.to_string(), |events| events.to_string());
        Failure::new(format!("{failure}; it has told: {events}"))
    })?;
    match failed {
        None if outcome == "done" => Ok(()),
        failure => Err(failure.unwrap_or_else(|| Failure::new(outcome))),
    }
}

fn ask(served: &Served, report: &mut Report) -> Result<()> {
    let hello = Hello::start()?;
    let greeting = http::request("GET", "/", &[], "");
    let request = http::request("GET", "/api/v1/servers", &[&served.token], "");
    for _ in 0..TURNS {
        let bare = requests::per_second(hello.address, &greeting)?;
        let panel = requests::per_second(served.address, &request)?;
        report.limited(limits::HELLO, bare);
        report.limited(limits::API, panel);
        report.limited(limits::API_BESIDE_HELLO, bare / panel);
        // What 20,000 requests take, in seconds: a limit is the most that is allowed.
        report.limited(limits::API_REQUESTS, 20_000.0 / panel);
    }
    Ok(())
}

fn attack(served: &Served, report: &mut Report) -> Result<()> {
    let users = served.users()?;
    let address = served.address;
    let p99 = during(served, async { hostile::dribble(address).await })?.1;
    report.limited(limits::PAGES_DRIBBLED, p99);
    let p99 = during(served, async { hostile::huge_headers(address).await })?.1;
    report.limited(limits::PAGES_HEADERS, p99);
    let p99 = during(served, async { hostile::huge_bodies(address).await })?.1;
    report.limited(limits::PAGES_BODIES, p99);
    let guessing = async {
        let guessing = tokio::spawn(hostile::guess(address));
        let mut refused = 0;
        for _ in 0..SIGN_INS {
            let sign_in = tokio::task::block_in_place(|| served.sign_in());
            refused += u32::from(sign_in? != 303);
        }
        let guesses = guessing.await.context("guessing")??;
        Ok((guesses, refused))
    };
    let ((guesses, refused), p99) = during(served, guessing)?;
    report.limited(limits::PAGES_GUESSED, p99);
    report.limited(limits::GUESSES, guesses.made.into());
    let users_changed = u32::from(served.users()? != users);
    let changed = guesses.let_in + refused + users_changed;
    report.limited(limits::CHANGED_BY_GUESSES, changed.into());
    Ok(())
}

/// What that gives, and the 99th percentile of pages that were read meanwhile.
fn during<T>(served: &Served, doing: impl Future<Output = Result<T>>) -> Result<(T, f64)> {
    let pages = ["/".to_owned()];
    let readers = Readers::begin(served.address, &served.cookie, &pages);
    readers.meanwhile(|| runtime()?.block_on(doing))
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    runtime.context("a runtime")
}

/// Each connection is one.
fn allow_many_files() -> Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, most).context("allowing many open files")
}
