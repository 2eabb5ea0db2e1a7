//! The forms in which results are shown.

use clap::ValueEnum;

/// A form, as the command line names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputArg {
    /// Text for people
    #[default]
    Human,
    /// JSON on standard output
    Json,
    /// JUnit's XML
    Junit,
    /// Markdown
    Markdown,
}

/// Whom everything that is said is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// People.
    Human,
    /// Programs.
    Json,
}

/// A document of which only preflight has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// JUnit's XML.
    Junit,
    /// Markdown.
    Markdown,
}

impl OutputArg {
    /// What is beside the document, such as an error, is for people.
    pub(crate) fn output(self) -> Output {
        match self {
            Self::Json => Output::Json,
            Self::Human | Self::Junit | Self::Markdown => Output::Human,
        }
    }

    /// The document that was asked for.
    pub(crate) fn page(self) -> Option<Page> {
        match self {
            Self::Human | Self::Json => None,
            Self::Junit => Some(Page::Junit),
            Self::Markdown => Some(Page::Markdown),
        }
    }
}

impl Page {
    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }
}
