//! The pages: one file for each, with what it shows and what its forms do. Templates are in `templates/`; they escape all that is put into them.

pub(crate) mod audit;
pub(crate) mod confirm;
pub(crate) mod history;
pub(crate) mod keys;
pub(crate) mod logs;
pub(crate) mod order;
pub(crate) mod overview;
pub(crate) mod password;
pub(crate) mod plan;
pub(crate) mod preflight;
pub(crate) mod run;
pub(crate) mod server;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod theme;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod welcome;

mod chart;
mod charts;
mod run_entry;
mod shown;
mod sign;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::{account::Role, assets, guard::Caller, refusal::Refusal};
use theme::Theme;

/// What every page has around it.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Who looks at it; `None` where nobody has signed in.
    pub(crate) user: Option<Caller>,
    /// Where it is in the navigation.
    pub(crate) here: &'static str,
    /// Its colours.
    pub(crate) theme: Theme,
}

impl Frame {
    /// Around a page for somebody.
    pub(crate) fn of(caller: &Caller, here: &'static str) -> Self {
        Self {
            user: Some(caller.clone()),
            here,
            theme: Theme::asked(),
        }
    }

    /// Around a page for nobody in particular.
    pub(crate) fn bare() -> Self {
        Self {
            user: None,
            here: "",
            theme: Theme::asked(),
        }
    }

    /// What forms say in their field `csrf`.
    pub(crate) fn csrf(&self) -> &str {
        let session = self.user.as_ref().and_then(|user| user.session.as_ref());
        session.map_or("", |session| &session.csrf)
    }

    /// Whether who looks at it may change servers.
    pub(crate) fn is_operator(&self) -> bool {
        self.may(Role::Operator)
    }

    /// Whether who looks at it may say who may do what.
    pub(crate) fn is_administrator(&self) -> bool {
        self.may(Role::Administrator)
    }

    fn may(&self, least: Role) -> bool {
        self.user.as_ref().is_some_and(|user| user.role >= least)
    }

    /// The themes that can be chosen.
    pub(crate) fn themes(&self) -> [Theme; 3] {
        Theme::ALL
    }

    /// The version of the program.
    pub(crate) fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The version of style and script.
    pub(crate) fn assets(&self) -> &'static str {
        &assets::VERSION
    }
}

/// A page.
pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        // Nothing but a lack of memory stops a template.
        Err(error) => error.to_string().into_response(),
    }
}

/// A request that was not answered.
#[derive(Template)]
#[template(path = "refused.html")]
struct Refused<'a> {
    frame: Frame,
    status: u16,
    title: &'a str,
    detail: String,
}

/// The page for a request that is not answered.
pub(crate) fn refused(refusal: &Refusal) -> Response {
    page(&Refused {
        frame: Frame::bare(),
        status: refusal.status().as_u16(),
        title: refusal.title(),
        detail: refusal.detail(),
    })
}
