//! The keys that the script understands.

use askama::Template;
use axum::response::Response;

use super::{Frame, page};
use crate::guard::Caller;

#[derive(Template)]
#[template(path = "keys.html")]
struct Shown {
    frame: Frame,
}

pub(crate) async fn show(caller: Caller) -> Response {
    page(&Shown {
        frame: Frame::of(&caller, "keys"),
    })
}
