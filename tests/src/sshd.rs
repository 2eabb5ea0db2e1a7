use crate::lab::Lab;

/// While it lives the server's sshd has another setting.
pub struct SshdSetting<'lab>(&'lab Lab);

/// The first value counts, and the files are read by name.
const FILE: &str = "/etc/ssh/sshd_config.d/00-test.conf";

impl Lab {
    /// Gives the server's sshd a setting, such as `MaxSessions 1`, until the result is dropped.
    ///
    /// # Panics
    /// Where sshd does not take it.
    #[must_use]
    pub fn sshd_setting(&self, line: &str) -> SshdSetting<'_> {
        let setting = SshdSetting(self);
        self.exec(&format!(
            "echo '{line}' >{FILE} && sshd -t && systemctl reload ssh"
        ));
        setting
    }
}

impl Drop for SshdSetting<'_> {
    fn drop(&mut self) {
        let undone = self
            .0
            .holds(&format!("rm -f {FILE} && systemctl reload ssh"));
        // A second panic while one is on its way would hide the first.
        assert!(
            undone || std::thread::panicking(),
            "sshd has its settings back"
        );
    }
}
