//! Users, tokens, and the record of who did what.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Answer, document::Refusals, json, refuse};
use crate::{
    account::{Deed, Role},
    guard::Caller,
    panel::Shared,
};

/// A user.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct UserView {
    /// The name to sign in with.
    name: String,
    /// What they may do.
    role: Role,
    /// Since when there is this user.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

/// All users.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Users {
    /// By name.
    users: Vec<UserView>,
}

/// A token, without what it says.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct TokenView {
    /// What it is for.
    name: String,
    /// What it allows.
    role: Role,
    /// Who made it.
    made_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// When it was shown last, since the panel was started.
    #[schema(value_type = Option<String>, format = DateTime)]
    used: Option<Timestamp>,
}

/// All tokens.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Tokens {
    /// By name.
    tokens: Vec<TokenView>,
}

/// A name and a role.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    /// 1 to 40 letters, digits and `. _ - @`; a letter or digit first.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._@-]{0,39}$")]
    name: String,
    /// What it allows.
    role: Role,
}

/// A role.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InRole {
    /// What they may do from now on.
    role: Role,
}

/// What is told this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Invited {
    /// Where the user chooses a password, within a day; a path of this panel.
    link: String,
}

/// What is told this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct MadeToken {
    /// What a program shows: `Authorization: Bearer TOKEN`.
    token: String,
}

/// Who did what.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Deeds {
    /// The newest first.
    deeds: Vec<Deed>,
}

/// All users
#[utoipa::path(get, path = "/api/v1/users", tag = "accounts", responses((status = 200, body = Users), Refusals))]
pub(crate) async fn users(State(panel): State<Shared>) -> Response {
    let kept = panel.accounts.kept();
    let users = kept.users.iter().map(|(name, user)| UserView {
        name: name.clone(),
        role: user.role,
        created: user.created,
    });
    json(&Users {
        users: users.collect(),
    })
}

/// Invite a user, or have one choose a new password
#[utoipa::path(post, path = "/api/v1/users", tag = "accounts", request_body = Named, responses((status = 201, body = Invited), Refusals))]
pub(crate) async fn invite(
    State(panel): State<Shared>,
    caller: Caller,
    Json(named): Json<Named>,
) -> Answer {
    let secret = panel.invite(&caller, &named.name, named.role).await;
    let link = format!("/welcome?link={}", secret.map_err(refuse)?.text());
    Ok((StatusCode::CREATED, json(&Invited { link })).into_response())
}

/// Give a user another role
#[utoipa::path(put, path = "/api/v1/users/{name}", tag = "accounts", params(("name" = String, Path, description = "The user's name")),
    request_body = InRole, responses((status = 204, description = "The user has that role"), Refusals))]
pub(crate) async fn set_role(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    Json(role): Json<InRole>,
) -> Answer {
    let set = panel.set_role(&caller, &name, role.role).await;
    set.map_err(refuse)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Take a user away
#[utoipa::path(delete, path = "/api/v1/users/{name}", tag = "accounts", params(("name" = String, Path, description = "The user's name")),
    responses((status = 204, description = "There is no such user any more"), Refusals))]
pub(crate) async fn remove_user(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Answer {
    let removed = panel.remove_user(&caller, &name).await;
    removed.map_err(refuse)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// All tokens of programs, without what they say
#[utoipa::path(get, path = "/api/v1/tokens", tag = "accounts", responses((status = 200, body = Tokens), Refusals))]
pub(crate) async fn tokens(State(panel): State<Shared>) -> Response {
    let kept = panel.accounts.kept();
    let mut tokens: Vec<_> = kept
        .tokens
        .values()
        .map(|token| TokenView {
            name: token.name.clone(),
            role: token.role,
            made_by: token.made_by.clone(),
            created: token.created,
            used: token.used.at(),
        })
        .collect();
    tokens.sort_by(|one, other| one.name.cmp(&other.name));
    json(&Tokens { tokens })
}

/// Make a token for a program
#[utoipa::path(post, path = "/api/v1/tokens", tag = "accounts", request_body = Named, responses((status = 201, body = MadeToken), Refusals))]
pub(crate) async fn make_token(
    State(panel): State<Shared>,
    caller: Caller,
    Json(named): Json<Named>,
) -> Answer {
    let secret = panel.make_token(&caller, &named.name, named.role).await;
    let token = secret.map_err(refuse)?.text().to_owned();
    Ok((StatusCode::CREATED, json(&MadeToken { token })).into_response())
}

/// Take a token away
#[utoipa::path(delete, path = "/api/v1/tokens/{name}", tag = "accounts", params(("name" = String, Path, description = "The token's name")),
    responses((status = 204, description = "There is no such token any more"), Refusals))]
pub(crate) async fn remove_token(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Answer {
    let removed = panel.remove_token(&caller, &name).await;
    removed.map_err(refuse)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Who did what, the newest first
#[utoipa::path(get, path = "/api/v1/audit", tag = "accounts", responses((status = 200, body = Deeds), Refusals))]
pub(crate) async fn audit(State(panel): State<Shared>) -> Response {
    json(&Deeds {
        deeds: panel.audit.shown(),
    })
}
