//! The API's description, as OpenAPI.

use std::sync::LazyLock;

use axum::{body::Bytes, response::Response};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, Response as Described, ResponsesBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{accounts, json_text, operations, servers};
use crate::refusal::Problem;

/// Every way in which a request may not be answered, as all of the API has them.
pub(super) struct Refusals;

impl utoipa::IntoResponses for Refusals {
    fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<Described>> {
        let all = [
            ("400", "It makes no sense"),
            ("401", "No token, or none that is valid"),
            (
                "403",
                "The role is not enough, or it does not come from a page of the panel",
            ),
            ("404", "There is no such thing"),
            ("405", "Not with this method"),
            ("408", "It took too long to say what is wanted"),
            ("409", "It does not go with how things are"),
            ("413", "Too many bytes"),
            ("415", "Not JSON"),
            ("421", "The panel does not go by that name"),
            ("422", "Understood, and not allowed as it is"),
            ("429", "Too often"),
            ("503", "Not now"),
        ];
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let mut responses = ResponsesBuilder::new();
        for (status, what) in all {
            let mut described = Described::new(what);
            described.content.insert(
                "application/problem+json".to_owned(),
                problem.clone().into(),
            );
            responses = responses.response(status, described);
        }
        responses.build().responses.into_iter().collect()
    }
}

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "dataflow-web",
        description = "Data Flow servers, as the panel shows them and works on them. Programs show a token that an administrator made: `Authorization: Bearer TOKEN`."
    ),
    modifiers(&Tokens),
    security(("token" = [])),
    components(schemas(Problem)),
    paths(
        servers::list, servers::show, servers::look, servers::plan, servers::preflight, servers::prerequisites, servers::history,
        servers::samples, servers::logs, servers::me,
        operations::list, operations::show, operations::events, operations::start, operations::approval, operations::interrupt,
        accounts::users, accounts::invite, accounts::set_role, accounts::remove_user,
        accounts::tokens, accounts::make_token, accounts::remove_token, accounts::audit,
    )
)]
pub(crate) struct Document;

static TEXT: LazyLock<Bytes> =
    LazyLock::new(|| Document::openapi().to_json().unwrap_or_default().into());

/// The description.
pub(crate) async fn serve() -> Response {
    json_text(TEXT.clone())
}
