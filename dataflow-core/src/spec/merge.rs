//! Putting the settings of several sources together.

use super::{PreflightSettings, RegistrySettings, Settings, SshSettings};

impl Settings {
    /// These settings, and the fallback's where these say nothing.
    ///
    /// A registry login stays in one piece: where these name another registry than the fallback, the fallback's user
    /// and token are left out, so that a token never goes to a registry that it was not given for. So does a sign-in to the PBX.
    #[must_use]
    pub fn or(self, fallback: Self) -> Self {
        Self {
            host: self.host.or(fallback.host),
            data_path: self.data_path.or(fallback.data_path),
            private_ip: self.private_ip.or(fallback.private_ip),
            public_ip: self.public_ip.or(fallback.public_ip),
            pbx: self.pbx.or(fallback.pbx),
            image: self.image.or(fallback.image),
            clickhouse_image: self.clickhouse_image.or(fallback.clickhouse_image),
            start_grace: self.start_grace.or(fallback.start_grace),
            nofile: self.nofile.or(fallback.nofile),
            pull: self.pull.or(fallback.pull),
            allow_downgrade: self.allow_downgrade.or(fallback.allow_downgrade),
            allow_jump: self.allow_jump.or(fallback.allow_jump),
            allow_mismatch: self.allow_mismatch.or(fallback.allow_mismatch),
            adopt: self.adopt.or(fallback.adopt),
            preflight: self.preflight.or(fallback.preflight),
            ssh: self.ssh.or(fallback.ssh),
            registry: self.registry.or(fallback.registry),
            api: self.api.or(fallback.api),
            prerequisites: self.prerequisites.or(fallback.prerequisites),
            token: self.token.or(fallback.token),
            aws: self.aws.or(fallback.aws),
        }
    }
}

impl PreflightSettings {
    /// What either ignores is ignored: a flag adds to what a file says.
    fn or(self, fallback: Self) -> Self {
        let mut ignore = self.ignore;
        ignore.extend(fallback.ignore);
        ignore.sort();
        ignore.dedup();
        Self {
            ignore,
            profile: self.profile.or(fallback.profile),
        }
    }
}

impl SshSettings {
    fn or(self, fallback: Self) -> Self {
        Self {
            config: self.config.or(fallback.config),
            jump: self.jump.or(fallback.jump),
            identities: self.identities.or(fallback.identities),
            agent: self.agent.or(fallback.agent),
            known_hosts: self.known_hosts.or(fallback.known_hosts),
            host_key: self.host_key.or(fallback.host_key),
            connect_timeout: self.connect_timeout.or(fallback.connect_timeout),
            password: self.password.or(fallback.password),
            passphrase: self.passphrase.or(fallback.passphrase),
            sudo_password: self.sudo_password.or(fallback.sudo_password),
        }
    }
}

impl RegistrySettings {
    fn or(self, fallback: Self) -> Self {
        if let Some(server) = &self.server
            && *server != fallback.server.clone().unwrap_or_default()
        {
            return self;
        }
        Self {
            server: self.server.or(fallback.server),
            user: self.user.or(fallback.user),
            token: self.token.or(fallback.token),
        }
    }
}
