//! All routes, each with what it demands of the one who asks.

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{self, Next},
    response::Response,
    routing::{self, MethodFilter},
};

use crate::{
    account::Role::{Administrator, Operator, Viewer},
    assets,
    guard::{Guard, Need, guard},
    live, pages,
    panel::Shared,
    refusal::Refusal,
};

/// What browsers may do with a page: load from here, send forms to here, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

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
    routes.post("/sign-out", Viewer, pages::sign_in::sign_out);
    routes.get("/welcome", Need::Nobody, pages::welcome::show);
    routes.post("/welcome", Need::Nobody, pages::welcome::accept);
    routes.get("/", Viewer, pages::overview::show);
    routes.post("/servers/{name}/runs", Operator, pages::order::start);
    routes.get("/runs/{id}", Viewer, pages::run::show);
    routes.post("/runs/{id}/approve", Operator, pages::run::approve);
    routes.post("/runs/{id}/decline", Operator, pages::run::decline);
    routes.post("/runs/{id}/interrupt", Operator, pages::run::interrupt);
    routes.get("/live/overview", Viewer, live::overview);
    routes.get("/live/servers/{name}", Viewer, live::server);
    routes.get("/live/runs/{id}", Viewer, live::run);
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
    routes.post("/tokens/{name}/remove", Administrator, pages::tokens::remove);
    routes.get("/audit", Administrator, pages::audit::show);
}

/// The whole panel, as it answers requests.
pub(crate) fn app(panel: &Shared) -> Router {
    let secure = panel.secure;
    routes(panel)
        .router
        .fallback(async |request: Request| {
            Refusal::Missing("such page".to_owned()).at(request.uri().path())
        })
        .method_not_allowed_fallback(async |request: Request| {
            Refusal::Method.at(request.uri().path())
        })
        .layer(middleware::from_fn(pages::theme::around))
        .layer(middleware::from_fn(
            move |request: Request, next: Next| async move {
                let mut response = next.run(request).await;
                protect(&mut response, secure);
                response
            },
        ))
        .with_state(Shared::clone(panel))
}

/// Tells the browser what it may do with an answer.
pub(crate) fn protect(response: &mut Response, secure: bool) {
    let headers = response.headers_mut();
    let all: [(HeaderName, &str); 7] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Without any, browsers would not say of a form from where it was sent.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
