//! Whether the server and the PBX reach each other, and what to add to a firewall where they do not.

mod here;

pub(crate) use here::is_here;
