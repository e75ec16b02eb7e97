//! What is announced on the sinks for people.

/// What is announced to people, on SNS, in chats and at a terminal. Programs always get everything.
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

    /// Whether incidents are announced to people.
    pub fn incidents(self) -> bool {
        self != Notify::Items
    }

    /// Whether each transition is announced to people.
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
