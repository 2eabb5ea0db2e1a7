//! The PBX of a server, as far as the settings give a user for it.

use dataflow_core::{
    pbx::{Pbx, PbxLink},
    spec::{Settings, SpecError},
};

/// Signs in to it. That this failed is told by what needs it.
///
/// # Errors
/// Where what the settings say of it makes no sense.
pub(crate) async fn sign_in(settings: &Settings) -> Result<PbxLink, SpecError> {
    Ok(match settings.api()? {
        None => PbxLink::None,
        Some(access) => match Pbx::sign_in(&access).await {
            Ok(pbx) => PbxLink::Ready(pbx),
            Err(error) => PbxLink::Failed(error),
        },
    })
}

/// Ends the sign-in.
pub(crate) async fn sign_out(link: PbxLink) {
    if let PbxLink::Ready(pbx) = link {
        pbx.sign_out().await;
    }
}
