//! The pages: one file for each, with what it shows and what its forms do. Templates are in `templates/`; they escape all that is put into them.

pub(crate) mod logs;
pub(crate) mod order;
pub(crate) mod overview;
pub(crate) mod run;
pub(crate) mod sign_in;
pub(crate) mod welcome;

mod shown;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::{assets, guard::Caller, refusal::Refusal};

/// What every page has around it.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Who looks at it; `None` where nobody has signed in.
    pub(crate) user: Option<Caller>,
    /// Where it is in the navigation.
    pub(crate) here: &'static str,
}

impl Frame {
    /// Around a page for somebody.
    pub(crate) fn of(caller: &Caller, here: &'static str) -> Self {
        Self {
            user: Some(caller.clone()),
            here,
        }
    }

    /// Around a page for nobody in particular.
    pub(crate) fn bare() -> Self {
        Self {
            user: None,
            here: "",
        }
    }

    /// What forms say in their field `csrf`.
    pub(crate) fn csrf(&self) -> &str {
        let session = self.user.as_ref().and_then(|user| user.session.as_ref());
        session.map_or("", |session| &session.csrf)
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
    title: &'a str,
    detail: String,
}

/// The page for a request that is not answered.
pub(crate) fn refused(refusal: &Refusal) -> Response {
    page(&Refused {
        frame: Frame::bare(),
        title: refusal.status().canonical_reason().unwrap_or("Error"),
        detail: refusal.detail(),
    })
}
