//! x
use crate::failure::Result;
pub(crate) fn main(_: &[String]) -> Result<()> {
    Ok(())
}
