//! Plans against a model of the server: whatever is found, and wherever a run fails or is killed, the next run ends with nothing left
//! to do.

use proptest::{collection::vec, prelude::*, sample::subsequence};

use super::*;
use crate::{
    docker::Update,
    pbx::{IpFilter, NewFilter, Seen, Target, whitelist::WhitelistChange},
    spec::{TOKEN_LABEL, Token},
};

/// One thing that is not as wanted.
type Fault = fn(&mut Container);

const FAULTS: [Fault; 15] = [
    |c| c.image_id = "sha256:0123456789abcdef".to_owned(),
    |c| c.command.push("--debug".to_owned()),
    |c| c.restart_policy = "no".to_owned(),
    |c| drop(c.extras.insert(Extra::MemoryLimit, "512 MiB".to_owned())),
    |c| drop(c.extras.insert(Extra::ProcessLimit, "100".to_owned())),
    |c| drop(c.extras.insert(Extra::CpuQuota, "1 of 2 us".to_owned())),
    |c| drop(c.extras.insert(Extra::CpuLimit, "1 CPUs".to_owned())),
    |c| drop(c.extras.insert(Extra::AutoRemove, "yes".to_owned())),
    |c| c.stop_timeout = None,
    |c| {
        let project = "com.docker.compose.project".to_owned();
        c.labels = [(project, "dataflow-server-only".to_owned())].into();
    },
    |c| c.state = State::Created,
    |c| c.state = State::Exited,
    |c| c.state = State::Paused,
    |c| c.state = State::Restarting,
    |c| c.labels.clear(),
];

/// A server as it may be found.
fn world() -> impl Strategy<Value = Observed> {
    let container = || {
        (
            prop::bool::weighted(0.8),
            subsequence(FAULTS.to_vec(), 0..3),
        )
    };
    let containers = vec(container(), 5);
    // One that is missing stands in the way of much.
    let directories = vec(0..16_u8, 5);
    let at_pbx = (0..4_u8, 0..4_u8, any::<bool>());
    let all = (containers, directories, any::<[bool; 3]>(), at_pbx);
    all.prop_map(|(containers, directories, there, (listed, token, told))| {
        let mut observed = deployed();
        let made = observed.containers.clone();
        observed.containers.clear();
        let names = [DATABASE, SERVICE, "portsip.dataflow_initdt"].map(str::to_owned);
        let names = names.into_iter().chain([DATABASE, SERVICE].map(aside));
        for (place, (name, (is_there, faults))) in names.zip(containers).enumerate() {
            // What an interrupted run leaves is not always there.
            if !is_there || (place > 1 && !faults.is_empty()) {
                continue;
            }
            let like = if place % 3 == 0 { DATABASE } else { SERVICE };
            let mut container = made[like].clone();
            container.name.clone_from(&name);
            faults.iter().for_each(|fault| fault(&mut container));
            observed.containers.insert(name, container);
        }
        let paths: Vec<String> = observed.directories.keys().cloned().collect();
        for (path, fault) in paths.iter().zip(directories) {
            let directory = observed.directories.get_mut(path).unwrap();
            match fault {
                0 => drop(observed.directories.remove(path)),
                1 => directory.mode = 0o777,
                2 => directory.owner = Owner { uid: 7, gid: 7 },
                _ => {}
            }
        }
        observed.now = "2026-11-24T15:00:00Z".parse().unwrap();
        let until = [
            "2026-11-01T00:00:00Z",
            "2026-12-01T00:00:00Z",
            "2036-01-01T00:00:00Z",
        ];
        let entries = until.get(usize::from(listed)).map(|until| {
            entry(
                &NewFilter::accept([172, 31, 16, 158].into(), until.parse().unwrap(), "x"),
                until.parse().ok(),
            )
        });
        observed.pbx.whitelist = Seen::Known(entries.into_iter().collect());
        observed.token = ["one", "two"]
            .get(usize::from(token))
            .map(|text| DeliveredToken {
                fingerprint: given(text).fingerprint(),
                mode: if told { 0o600 } else { 0o640 },
                owner: Owner { uid: 888, gid: 888 },
            });
        if told && let Some(service) = observed.containers.get_mut(SERVICE) {
            let label = given("two").fingerprint().to_string();
            service.labels.insert(TOKEN_LABEL.to_owned(), label);
        }
        if !there[0] {
            observed.images.remove(IMAGE);
        }
        if !there[1] {
            observed.images.remove(CLICKHOUSE_IMAGE);
        }
        if !there[2] {
            observed.password = None;
        }
        observed
    })
}

fn given(text: &str) -> Token {
    Token::new(text.into()).unwrap()
}

fn entry(made: &NewFilter, until: Option<jiff::Timestamp>) -> IpFilter {
    IpFilter {
        id: "1".to_owned(),
        cidr: made.cidr().clone(),
        target: Target::Accept,
        expire_at: until.or(Some(made.expire_at())),
        description: made.description().to_owned(),
    }
}

/// Does to the model what the engine and the server would do. Panics at what they would refuse.
fn perform(action: &Action, observed: &mut Observed) {
    let all = &mut observed.containers;
    match action {
        Action::Whitelist(change) => {
            if let Seen::Known(entries) = &mut observed.pbx.whitelist {
                if let WhitelistChange::Renew { id, .. } = &**change {
                    entries.retain(|entry| entry.id != *id);
                }
                entries.push(entry(change.filter(), None));
            }
        }
        Action::TakeBack(made) => {
            if let Seen::Known(entries) = &mut observed.pbx.whitelist {
                entries.retain(|there| *there != entry(made, None));
            }
        }
        Action::DeliverToken { fingerprint, .. } => {
            observed.token = Some(DeliveredToken {
                fingerprint: fingerprint.clone(),
                mode: 0o600,
                owner: Owner { uid: 888, gid: 888 },
            });
        }
        Action::Fetch(image) => {
            let name = image.to_string();
            let there = empty().images[&name].clone();
            observed.images.entry(name).or_insert(there);
        }
        Action::Directories(directories) => {
            for directory in directories {
                let root = Owner { uid: 0, gid: 0 };
                let path = directory.path.clone();
                let found = observed.directories.entry(path);
                let found = found.or_insert(observed::Directory {
                    is_directory: true,
                    mode: 0,
                    owner: root,
                });
                found.mode = directory.mode;
                found.owner = directory.owner.unwrap_or(found.owner);
            }
        }
        Action::Stop(name, _) => {
            let found = all.get_mut(name).unwrap();
            let was_up = found.state != State::Created;
            if was_up && found.extras.contains_key(&Extra::AutoRemove) {
                all.remove(name);
            } else if was_up {
                found.state = State::Exited;
            }
        }
        Action::Start(name) => all.get_mut(name).unwrap().state = State::Running,
        Action::Remove(name) => drop(all.remove(name)),
        Action::SetAside(name) => {
            let mut found = all.remove(name).unwrap();
            found.name = aside(name);
            assert!(all.insert(aside(name), found).is_none(), "{name} is taken");
        }
        Action::PutBack(name) => {
            if !all.contains_key(name)
                && let Some(mut found) = all.remove(&aside(name))
            {
                found.name.clone_from(name);
                all.insert(name.clone(), found);
            }
        }
        Action::Create(spec) => {
            let image = &observed.images[&spec.image.to_string()];
            let made = Container {
                state: State::Created,
                ..as_wanted(spec, image)
            };
            let before = all.insert(spec.name.clone(), made);
            assert!(before.is_none(), "{} is taken", spec.name);
        }
        Action::Update(name, updates) => {
            let found = all.get_mut(name).unwrap();
            for update in updates {
                match update {
                    Update::Restart(_) => found.restart_policy = "unless-stopped".to_owned(),
                    Update::NoProcessLimit => drop(found.extras.remove(&Extra::ProcessLimit)),
                    Update::NoCpuQuota => drop(found.extras.remove(&Extra::CpuQuota)),
                }
            }
        }
        Action::AwaitClickHouse { name, .. } | Action::AwaitService { name, .. } => {
            assert_eq!(all[name].state, State::Running, "{name}");
        }
        Action::InstallDocker(_) | Action::Mend(_) => {}
        Action::AwaitEnd(name) => all.get_mut(name).unwrap().state = State::Exited,
        Action::Initialise(_) => {
            assert_eq!(all[DATABASE].state, State::Running, "it needs ClickHouse");
            let service = all.get(SERVICE);
            assert!(
                service.is_none_or(|service| service.state != State::Running),
                "the service runs while its database is prepared"
            );
            observed.password = Some("secret".into());
        }
    }
}

/// Does the steps before `until`, and fails there: what can be put back is put back, unless it was killed.
fn execute(plan: &Plan, observed: &mut Observed, until: usize, killed: bool) {
    let mut ways_back: Vec<&Action> = Vec::new();
    for step in plan.steps.iter().take(until) {
        perform(&step.action, observed);
        ways_back.extend(&step.undo);
        if let Some(settled) = &step.settles {
            ways_back.retain(|action| action.container() != Some(settled));
        }
    }
    if until < plan.steps.len() && !killed {
        for action in ways_back.into_iter().rev() {
            perform(action, observed);
        }
    }
}

fn adopting(observed: &Observed) -> Desired {
    let spec = spec()
        .with_adopt(true)
        .with_token(given("one"))
        .with_token_file("token".parse().unwrap());
    Desired::new(&spec, &Release::portsip(), Some(&"secret".into())).for_pbx(observed)
}

/// Whether the service that runs was made with the token that is wanted.
fn knows_its_token(observed: &Observed) -> bool {
    let service = observed.containers.get(SERVICE);
    let label = service.and_then(|service| service.labels.get(TOKEN_LABEL));
    label == Some(&given("one").fingerprint().to_string())
}

/// Whether there is something that no plan can be made for.
fn is_refused(observed: &Observed) -> bool {
    plan(&adopting(observed), observed, Pull::Missing.into()).is_err()
}

/// Plans and does until there is nothing left, as `run` does: once for images, once for all else.
fn converge(observed: &mut Observed) -> Result<(), TestCaseError> {
    for _ in 0..2 {
        let plan = plan(&adopting(observed), observed, Pull::Missing.into()).unwrap();
        execute(&plan, observed, usize::MAX, false);
    }
    let left = plan(&adopting(observed), observed, Pull::Never.into());
    prop_assert_eq!(left.unwrap().to_string(), "nothing to do");
    prop_assert!(knows_its_token(observed));
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_found_one_run_leaves_nothing_to_do(mut observed in world()) {
        prop_assume!(!is_refused(&observed));
        converge(&mut observed)?;
    }

    #[test]
    fn wherever_a_run_fails_or_is_killed_the_next_one_leaves_nothing_to_do(
        mut observed in world(),
        at in 0..14_usize,
        killed: bool,
    ) {
        for image in [IMAGE, CLICKHOUSE_IMAGE] {
            perform(&Action::Fetch(image.parse().unwrap()), &mut observed);
        }
        prop_assume!(!is_refused(&observed));
        let plan = plan(&adopting(&observed), &observed, Pull::Never.into()).unwrap();
        execute(&plan, &mut observed, at, killed);
        converge(&mut observed)?;
    }

    #[test]
    fn a_container_that_is_as_wanted_is_not_touched_unless_the_other_one_is_replaced(
        mut observed in world(),
    ) {
        let of = deployed();
        observed.images = of.images;
        observed.password = of.password;
        observed.directories = of.directories;
        observed.token = Some(DeliveredToken {
            fingerprint: given("one").fingerprint(),
            mode: 0o600,
            owner: Owner { uid: 888, gid: 888 },
        });
        observed.containers.retain(|name, _| name == DATABASE);
        let mut service = of.containers[SERVICE].clone();
        let label = given("one").fingerprint().to_string();
        service.labels.insert(TOKEN_LABEL.to_owned(), label);
        observed.containers.insert(SERVICE.to_owned(), service);
        let plan = plan(&adopting(&observed), &observed, Pull::Never.into()).unwrap();
        let is_new = |step: &Step| matches!(&step.action, Action::Create(spec) if spec.name == DATABASE);
        let is_there = observed.containers.contains_key(DATABASE);
        let touched = plan.steps.iter().any(|step| {
            step.action.container().is_some_and(|name| name == SERVICE)
        });
        prop_assert_eq!(touched, is_there && plan.steps.iter().any(is_new), "{}", plan);
    }
}
