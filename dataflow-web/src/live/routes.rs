//! What can be listened to.

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};

use super::stream::{After, answer};
use crate::{guard::Caller, panel::Shared};

pub(crate) async fn overview(
    State(panel): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Response {
    let topic = panel.live.overview.clone();
    answer(panel, caller, &topic, &headers, &after)
}
