//! What AWS says of the machine on which this program runs, where that is the PBX node.

use std::{net::IpAddr, time::Duration};

use super::{Aws, Fact, Metadata, answer::Answer};
use crate::{
    host::{Address, Command, Host, SignIn},
    reach,
};

/// The part of the probe that asks AWS.
pub(super) const INSTANCE: &str = include_str!("instance.sh");

/// More than all that it waits for together.
const DEADLINE: Duration = Duration::from_secs(15);

/// What AWS says of the PBX node; asked where the server, of which it says `server`, is an instance, and only of this machine.
pub(crate) async fn pbx_node(server: &Aws, pbx: Option<IpAddr>, metadata: &Metadata) -> Aws {
    if server.instance().is_none() {
        return Aws::NotAsked("it is not known to which instance it should compare".to_owned());
    }
    let Some(pbx) = pbx else {
        return Aws::NotAsked("the PBX's address is not known".to_owned());
    };
    let here = match reach::is_here(pbx).await {
        Ok(here) => here,
        Err(error) => {
            return Aws::NotAsked(format!(
                "the addresses of this machine could not be read: {error}"
            ));
        }
    };
    let instance = match instance_here(metadata).await {
        Aws::NotAsked(reason) if here => Aws::NotAsked(format!("the PBX node: {reason}")),
        Aws::Silent(reason) if here => Aws::Silent(format!("the PBX node: {reason}")),
        instance => instance,
    };
    // What the instance's system knows of are its private addresses.
    let public = instance.instance().map(|instance| &instance.public_ip);
    if here || public == Some(&Fact::Known(Some(pbx))) {
        return instance;
    }
    Aws::NotAsked(format!(
        "this program does not run on the PBX node, and can't ask there: {pbx} is no address of this machine"
    ))
}

/// What AWS says of this machine.
pub(super) async fn instance_here(metadata: &Metadata) -> Aws {
    let command = Command::shell(format!("{INSTANCE}\ninstance \"$1\""))
        .arg(metadata.argument())
        .deadline(DEADLINE);
    let asked = async {
        let host = Host::connect(&Address::Local, &SignIn::default()).await?;
        host.exec(&command).await
    };
    match asked.await {
        Ok(output) => Aws::of(&Answer::of(&String::from_utf8_lossy(&output.stdout))),
        Err(error) => Aws::Silent(format!("this machine could not be asked: {error}")),
    }
}
