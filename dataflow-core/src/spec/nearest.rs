//! The word that was probably meant.

/// The allowed word that a mistyped one most probably stands for: at most a third of its letters differ.
pub(super) fn nearest<'a>(
    given: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let distance = |word: &&str| strsim::damerau_levenshtein(given, word);
    let near = allowed.into_iter().min_by_key(distance)?;
    (distance(&near) <= near.chars().count().div_ceil(3)).then_some(near)
}
