use std::sync::LazyLock;

use regex::Regex;

/// What differs between two runs of the same thing, and what stands for it in a snapshot.
static VARIABLE: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (
            r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
            "[when]",
        ),
        (r"\b\d{4}-\d\d-\d\d\b", "[day]"),
        (r"\b\d{8}T\d{6}Z-[0-9a-f]{4}\b", "[run]"),
        // The lab has the processors, the memory and the disk of this machine, and its settings ignore what is too little.
        (
            r"(?m)^warning: (cpu\.count|memory\.size|disk\.(size|free|kind)) is ignored: .*\n?",
            "",
        ),
        (
            r"(?m)^ignored: ((cpu\.count|memory\.size|disk\.(size|free|kind))(, )?)+\n",
            "",
        ),
        (
            r#"(?m)^ *"ignored": \[(\s*"(cpu\.count|memory\.size|disk\.(size|free|kind))",?)+\s*\],?\n"#,
            "",
        ),
        // Told only of steps that take long.
        (r"(?m)^\[ *\d+/\d+\] waiting for .*\n", ""),
        (r"\b\d+\.\d+\.\d+\+dfsg[\w.+]*", "[engine]"),
        (r"sha256:[0-9a-f]{64}", "sha256:[digest]"),
        (r"SHA256:[A-Za-z0-9+/]{43}", "SHA256:[fingerprint]"),
        (r"\b[0-9a-f]{12}([0-9a-f]{52})?\b", "[id]"),
        (r"\b\d+(\.\d+)? ?(ms|s|min|h)\b", "[time]"),
        (r"\(process \d+", "(process [pid]"),
        (r"\[time\] {2,}", "[time]  "),
        (r"\b\d+ rows\b", "[n] rows"),
        (r#""rows": ?\d+"#, r#""rows": "[n]""#),
    ]
    .into_iter()
    .map(|(pattern, stand_in)| (Regex::new(pattern).expect("a valid pattern"), stand_in))
    .collect()
});

/// The name of this machine.
static NODE: LazyLock<String> = LazyLock::new(|| {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname");
    name.expect("a name").trim().to_owned()
});

/// The text with times, ids, fingerprints, row counts and this checkout's place replaced, so that it can be compared with a snapshot.
#[must_use]
pub fn stable(text: &str) -> String {
    let text = text.replace(
        crate::lab::workspace().to_string_lossy().as_ref(),
        "[workspace]",
    );
    let text = text.replace(&format!(" on {}", *NODE), " on [node]");
    VARIABLE.iter().fold(text, |text, (pattern, stand_in)| {
        pattern.replace_all(&text, *stand_in).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_two_runs_when_made_stable_then_only_what_varies_is_replaced() {
        let text = "pulled portsip/pbx:22.4 (sha256:1111111111111111111111111111111111111111111111111111111111111111) in 3.2 s; 42 rows on 198.18.16.158";
        assert_eq!(
            stable(text),
            "pulled portsip/pbx:22.4 (sha256:[digest]) in [time]; [n] rows on 198.18.16.158"
        );
    }
}
