use crate::program::Program;

/// Runs programs that have to be refused, each with its exit code and with exactly one error and one next step; gives all that they
/// said.
///
/// # Panics
/// Where one ends otherwise.
#[must_use]
pub fn refused<'a>(cases: impl IntoIterator<Item = (&'a str, i32, Program)>) -> String {
    let told = cases.into_iter().map(|(case, code, program)| {
        let ended = program.run();
        assert_eq!(ended.code, Some(code), "{case}: {ended:?}");
        for word in ["error: ", "next: "] {
            assert_eq!(ended.stderr.matches(word).count(), 1, "{case}: {ended:?}");
        }
        format!("== {case}\n{}", ended.snapshot())
    });
    told.collect::<Vec<_>>().join("\n\n")
}
