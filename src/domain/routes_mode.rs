//! What is watched of the routes over virtual interfaces.

/// What is watched of the routes over virtual interfaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoutesMode {
    /// Nothing: that costs no call.
    #[default]
    Off,
    /// Whether any are accepted, and how many.
    Count,
    /// Also which they are: the prefixes of the ways to one destination are compared.
    Prefixes,
}

impl RoutesMode {
    /// The words of the configuration.
    pub const WORDS: [(&'static str, RoutesMode); 3] =
        [("off", RoutesMode::Off), ("count", RoutesMode::Count), ("prefixes", RoutesMode::Prefixes)];

    /// Whether prefixes are kept and compared.
    pub fn keeps_prefixes(self) -> bool {
        self == RoutesMode::Prefixes
    }
}

impl std::str::FromStr for RoutesMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = RoutesMode::WORDS.into_iter().find(|(word, _)| *word == text);
        let words = || RoutesMode::WORDS.map(|(word, _)| word).join(", ");
        known.map(|(_, mode)| mode).ok_or_else(|| format!("{text:?} is not one of {}", words()))
    }
}
