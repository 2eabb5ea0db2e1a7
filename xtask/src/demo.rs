//! x
use crate::failure::Result;
pub(crate) fn up() -> Result<()> {
    Ok(())
}
pub(crate) fn down() -> Result<()> {
    Ok(())
}
