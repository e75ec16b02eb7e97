//! What people are told on the sinks that they read.

/// What people are told, on SNS, in chat and at a terminal. Programs get all of it in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notify {
    /// One message for each cause: the documents of incidents.
    #[default]
    Incidents,
    /// One message for each transition.
    Items,
    /// Both.
    Both,
}

impl Notify {
    /// The words of the configuration.
    pub const WORDS: [(&'static str, Notify); 3] =
        [("incidents", Notify::Incidents), ("items", Notify::Items), ("both", Notify::Both)];

    /// Whether people are told of incidents.
    pub fn incidents(self) -> bool {
        self != Notify::Items
    }

    /// Whether people are told of each transition.
    pub fn items(self) -> bool {
        self != Notify::Incidents
    }
}

impl std::str::FromStr for Notify {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Notify::WORDS.into_iter().find(|(word, _)| *word == text);
        let words = || Notify::WORDS.map(|(word, _)| word).join(", ");
        known.map(|(_, notify)| notify).ok_or_else(|| format!("{text:?} is not one of {}", words()))
    }
}
