//! `dataflow token`: looks after the token by which the service and the PBX know each other. It is never shown.

mod generate;
mod set;
mod status;

use super::{on_each, on_one};
use crate::{
    args::{Cli, TokenArgs, TokenVerb},
    error::Failure,
    exit::ExitStatus,
    printer::Printer,
};

pub(super) fn token(cli: &Cli, args: &TokenArgs, printer: Printer) -> Result<ExitStatus, Failure> {
    match &args.what {
        TokenVerb::Set(_) => on_one(cli, printer, set::set),
        TokenVerb::Status(_) => on_each(cli, printer, status::status),
        TokenVerb::Generate(_) => on_one(cli, printer, generate::generate),
    }
}
