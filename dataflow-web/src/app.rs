//! All routes, each with what it demands of the one who asks.

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    http::Method,
    middleware,
    routing::{self, MethodFilter},
};

use crate::{
    account::Role::{Administrator, Operator, Viewer},
    api::{accounts, document, operations, servers},
    assets,
    guard::{Guard, Need, guard},
    live, metrics, pages,
    panel::Shared,
    refusal::Refusal,
    tidy,
};

/// A route, for the test that holds them all to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) need: Need,
}

/// The routes as they are put together.
pub(crate) struct Routes {
    panel: Shared,
    router: Router<Shared>,
    pub(crate) all: Vec<Route>,
}

impl Routes {
    fn add<H, T>(&mut self, method: Method, path: &'static str, need: Need, handler: H)
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        let gate = Guard {
            panel: Shared::clone(&self.panel),
            need,
        };
        let filter = match method {
            Method::POST => MethodFilter::POST,
            Method::DELETE => MethodFilter::DELETE,
            Method::PUT => MethodFilter::PUT,
            _ => MethodFilter::GET,
        };
        let guarded =
            routing::on(filter, handler).route_layer(middleware::from_fn_with_state(gate, guard));
        self.router = std::mem::take(&mut self.router).route(path, guarded);
        self.all.push(Route { method, path, need });
    }

    /// Something to read.
    pub(crate) fn get<H, T>(&mut self, path: &'static str, need: impl Into<Need>, handler: H)
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.add(Method::GET, path, need.into(), handler);
    }

    /// Something to set.
    pub(crate) fn put<H, T>(&mut self, path: &'static str, need: impl Into<Need>, handler: H)
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.add(Method::PUT, path, need.into(), handler);
    }

    /// Something to take away.
    pub(crate) fn delete<H, T>(&mut self, path: &'static str, need: impl Into<Need>, handler: H)
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.add(Method::DELETE, path, need.into(), handler);
    }

    /// Something to do.
    pub(crate) fn post<H, T>(&mut self, path: &'static str, need: impl Into<Need>, handler: H)
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.add(Method::POST, path, need.into(), handler);
    }
}

impl From<crate::account::Role> for Need {
    fn from(role: crate::account::Role) -> Self {
        Self::Role(role)
    }
}

/// All routes.
pub(crate) fn routes(panel: &Shared) -> Routes {
    let mut routes = Routes {
        panel: Shared::clone(panel),
        router: Router::new(),
        all: Vec::new(),
    };
    routes.get("/assets/{file}", Need::Nobody, assets::serve);
    routes.get("/sign-in", Need::Nobody, pages::sign_in::show);
    routes.post("/sign-in", Need::Nobody, pages::sign_in::sign_in);
    routes.get("/password", Viewer, pages::password::show);
    routes.post("/password", Viewer, pages::password::change);
    routes.post("/sign-out", Viewer, pages::sign_in::sign_out);
    routes.get("/welcome", Need::Nobody, pages::welcome::show);
    routes.post("/welcome", Need::Nobody, pages::welcome::accept);
    routes.get("/", Viewer, pages::overview::show);
    routes.get("/servers/{name}/logs", Viewer, pages::logs::show);
    routes.post("/servers/{name}/runs", Operator, pages::order::start);
    routes.get("/runs/{id}", Viewer, pages::run::show);
    routes.post("/runs/{id}/approve", Operator, pages::run::approve);
    routes.post("/runs/{id}/decline", Operator, pages::run::decline);
    routes.post("/runs/{id}/interrupt", Operator, pages::run::interrupt);
    routes.get("/live/overview", Viewer, live::overview);
    routes.get("/live/servers/{name}", Viewer, live::server);
    routes.get("/live/runs/{id}", Viewer, live::run);
    routes.get("/live/logs/{name}", Viewer, live::logs);

    routes.get("/healthz", Need::Nobody, metrics::healthz);
    routes.get("/metrics", Viewer, metrics::serve);
    routes.get("/api/v1/openapi.json", Need::Nobody, document::serve);
    routes.get("/api/v1/me", Viewer, servers::me);
    routes.get("/api/v1/servers", Viewer, servers::list);
    routes.get("/api/v1/servers/{name}", Viewer, servers::show);
    routes.post("/api/v1/servers/{name}/look", Operator, servers::look);
    routes.get("/api/v1/servers/{name}/plan", Viewer, servers::plan);
    routes.get(
        "/api/v1/servers/{name}/preflight",
        Viewer,
        servers::preflight,
    );
    routes.get(
        "/api/v1/servers/{name}/prerequisites",
        Viewer,
        servers::prerequisites,
    );
    routes.get("/api/v1/servers/{name}/history", Viewer, servers::history);
    routes.get("/api/v1/servers/{name}/samples", Viewer, servers::samples);
    routes.get("/api/v1/servers/{name}/logs", Viewer, servers::logs);
    routes.post("/api/v1/servers/{name}/runs", Operator, operations::start);
    routes.get("/api/v1/runs", Viewer, operations::list);
    routes.get("/api/v1/runs/{id}", Viewer, operations::show);
    routes.get("/api/v1/runs/{id}/events", Viewer, operations::events);
    routes.post("/api/v1/runs/{id}/approval", Operator, operations::approval);
    routes.post(
        "/api/v1/runs/{id}/interrupt",
        Operator,
        operations::interrupt,
    );
    routes.get("/api/v1/users", Administrator, accounts::users);
    routes.post("/api/v1/users", Administrator, accounts::invite);
    routes.put("/api/v1/users/{name}", Administrator, accounts::set_role);
    routes.delete("/api/v1/users/{name}", Administrator, accounts::remove_user);
    routes.get("/api/v1/tokens", Administrator, accounts::tokens);
    routes.post("/api/v1/tokens", Administrator, accounts::make_token);
    routes.delete(
        "/api/v1/tokens/{name}",
        Administrator,
        accounts::remove_token,
    );
    routes.get("/api/v1/audit", Administrator, accounts::audit);
    of_pages(&mut routes);
    routes
}

/// Pages that show, and what their forms do beside starting something.
fn of_pages(routes: &mut Routes) {
    routes.post("/theme", Need::Nobody, pages::theme::choose);
    routes.get("/wall", Viewer, pages::overview::wall);
    routes.get("/keys", Viewer, pages::keys::show);
    routes.get("/servers/{name}", Viewer, pages::server::show);
    routes.post("/servers/{name}/look", Viewer, pages::server::look);
    routes.get("/servers/{name}/plan", Viewer, pages::plan::show);
    routes.get("/servers/{name}/preflight", Viewer, pages::preflight::show);
    routes.get("/servers/{name}/history", Viewer, pages::history::show);
    routes.get("/servers/{name}/history/{run}", Viewer, pages::history::run);
    routes.get("/servers/{name}/do/{verb}", Operator, pages::confirm::show);
    routes.get("/settings", Viewer, pages::settings::show);
    routes.post("/settings/password", Viewer, pages::settings::password);
    routes.get("/users", Administrator, pages::users::show);
    routes.post("/users", Administrator, pages::users::invite);
    routes.post("/users/{name}/role", Administrator, pages::users::role);
    routes.post("/users/{name}/link", Administrator, pages::users::link);
    routes.post("/users/{name}/remove", Administrator, pages::users::remove);
    routes.get("/tokens", Administrator, pages::tokens::show);
    routes.post("/tokens", Administrator, pages::tokens::make);
    routes.post(
        "/tokens/{name}/remove",
        Administrator,
        pages::tokens::remove,
    );
    routes.get("/audit", Administrator, pages::audit::show);
}

/// The whole panel, as it answers requests.
pub(crate) fn app(panel: &Shared) -> Router {
    routes(panel)
        .router
        .fallback(async |request: Request| {
            Refusal::Missing("such page".to_owned()).at(request.uri().path())
        })
        .layer(middleware::from_fn_with_state(
            Shared::clone(panel),
            tidy::tidy,
        ))
        // The outermost: what is tidied becomes a page, too.
        .layer(middleware::from_fn(pages::theme::around))
        .with_state(Shared::clone(panel))
}
