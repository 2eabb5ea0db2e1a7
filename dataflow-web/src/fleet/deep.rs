//! What is looked at less often, since it takes commands on the server: the machine's facts, and what `run` would do.

use dataflow_core::{
    facts::{self, Facts, Question},
    host::Host,
    lifecycle::{PlanSummary, Server},
    preflight,
    spec::{Settings, Spec},
};

use super::{Fitness, Trouble, Watched};

/// Looks at it, over the session if there is one: without Docker there is none, and yet the machine may be fit for it.
pub(super) async fn look(watched: &Watched, session: Option<&Server>) {
    watched.change(|seen| seen.looking = true);
    let settings = watched
        .settings()
        .await
        .map_err(|error| Trouble::of(&error));
    let wanted = settings.and_then(|settings| {
        let spec = settings.spec().map_err(|error| Trouble::of(&error))?;
        Ok((settings, spec))
    });
    let (fitness, plan) = match wanted {
        Ok((settings, spec)) => {
            let fitness = fitness(&settings, &spec, session).await;
            let plan = match session {
                Some(server) => Some(plan(&spec, server).await),
                None => None,
            };
            (fitness, plan)
        }
        Err(trouble) => (Err(trouble.clone()), Some(Err(trouble))),
    };
    watched.change(|seen| {
        seen.looking = false;
        seen.fitness.take(fitness);
        if let Some(plan) = plan {
            seen.plan.take(plan);
        }
    });
}

async fn plan(spec: &Spec, server: &Server) -> Result<PlanSummary, Trouble> {
    server.plan(spec).await.map_err(|error| Trouble::of(&error))
}

async fn fitness(
    settings: &Settings,
    spec: &Spec,
    session: Option<&Server>,
) -> Result<Fitness, Trouble> {
    let facts = match session {
        Some(server) => read(spec, server.host()).await?,
        None => {
            let target = settings.target().map_err(|error| Trouble::of(&error))?;
            let host = Host::connect(&target.address, &target.sign_in).await;
            let host = host.map_err(|error| Trouble::of(&error))?;
            let facts = read(spec, &host).await;
            host.close().await;
            facts?
        }
    };
    let report = preflight::judge(&facts, &spec.expectations());
    Ok(Fitness {
        report: report.map_err(|error| Trouble::of(&error))?,
        disk_size: facts.storage.data.size.known().copied(),
        disk_free: facts.storage.data.free.known().copied(),
    })
}

async fn read(spec: &Spec, host: &Host) -> Result<Facts, Trouble> {
    let question = Question {
        data_path: spec.data_path().to_string(),
        count_updates: false,
        wants_sudo_password: false,
        metadata: spec.metadata().clone(),
        pbx: Some(spec.pbx().get()),
    };
    let facts = facts::read(host, &question).await;
    facts.map_err(|error| Trouble::of(&error))
}
