//! Tokens such as `%h` in the values of settings.

/// Replaces the tokens by what they stand for, `%%` by a per cent sign, and `${NAME}` stays. The error is a token that
/// is not known.
pub(in super::super) fn expand(text: &str, tokens: &[(char, &str)]) -> Result<String, String> {
    let mut expanded = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            expanded.push(letter);
            continue;
        }
        let token = letters.next();
        match token.and_then(|token| tokens.iter().find(|(name, _)| *name == token)) {
            Some((_, value)) => expanded.push_str(value),
            None if token == Some('%') => expanded.push('%'),
            None => return Err(format!("%{}", token.map(String::from).unwrap_or_default())),
        }
    }
    Ok(expanded)
}

/// Replaces `${NAME}` by what it stands for. The error is a name that stands for nothing.
pub(in super::super) fn expand_variables(
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or_else(|| rest.to_owned())?;
        expanded.push_str(before);
        expanded.push_str(&variable(name).ok_or_else(|| format!("${{{name}}}"))?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}
