//! Who did what in the panel.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, page, shown};
use crate::{account::Deed, guard::Caller, panel::Shared};

#[derive(Template)]
#[template(path = "audit.html")]
struct Shown {
    frame: Frame,
    deeds: Vec<Deed>,
}

pub(crate) async fn show(State(panel): State<Shared>, caller: Caller) -> Response {
    page(&Shown {
        frame: Frame::of(&caller, "audit"),
        deeds: panel.audit.shown(),
    })
}
