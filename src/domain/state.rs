//! A state: AWS's word for it, its level (the number in CloudWatch) and its health (what it means for traffic).
//!
//! Every word has a level, even an unknown one, so that no word stops a poll.

use std::{borrow::Cow, fmt};

use super::{health::Health, kind::Kind, text::bounded};

/// The state of an item: word, level, health. Two states are the same only when all three are.
///
/// A word from AWS has a level and a health of its own ([`State::of`]). In context an item can have another health than
/// its word, but never another level: see [`Snapshot::in_context`](super::Snapshot::in_context).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    value: Cow<'static, str>,
    level: u8,
    health: Health,
}

impl State {
    /// The level of AWS's own `unknown` ("the state is not available"), and of no state at all.
    pub const UNKNOWN_LEVEL: u8 = 90;
    /// The level of a word that the program does not know.
    pub const UNRECOGNIZED_LEVEL: u8 = 99;
    /// The level of an item that has left its listing; never a data point.
    pub const ABSENT_LEVEL: u8 = 100;

    /// The words that complete a removal, for all kinds.
    pub const GONE: [&str; 5] = ["absent", "deleted", "detached", "disassociated", "rejected"];

    /// The state for AWS's `word`; none, or an empty one, is `unknown`.
    ///
    /// A word that is longer than the limit is cut (see [`bounded`]).
    pub fn of(kind: Kind, word: Option<&str>) -> State {
        match word {
            None | Some("" | "unknown") => State::unknown(),
            Some(text) => match kind.words().iter().find(|known| known.word == text) {
                Some(known) => State { value: Cow::Borrowed(known.word), level: known.level, health: known.health },
                None => State {
                    value: Cow::Owned(bounded(text).into_owned()),
                    level: State::UNRECOGNIZED_LEVEL,
                    health: Health::Unknown,
                },
            },
        }
    }

    /// A BGP peer's two words as one state: `bgpStatus` once `bgpPeerState` is `available`, and `bgpPeerState` until
    /// then.
    pub fn of_bgp_peer(peer_state: Option<&str>, status: Option<&str>) -> State {
        State::of(Kind::BgpPeer, if peer_state == Some("available") { status } else { peer_state })
    }

    /// The state of a port's MACsec encryption, from AWS's words `Encryption Up` and `Encryption Down`.
    pub fn of_port_encryption(status: Option<&str>) -> State {
        State::of(
            Kind::PortEncryption,
            match status {
                Some("Encryption Up") => Some("up"),
                Some("Encryption Down") => Some("down"),
                other => other,
            },
        )
    }

    /// The state in a row of the store. The stored level and health count, not those that this version gives the word:
    /// when an upgrade has learned an item's word, the item is seen in another state than the stored one, which is a
    /// transition. A level or health that is missing or out of range is the word's own.
    pub fn recalled(kind: Kind, word: &str, level: Option<u64>, health: Option<Health>) -> State {
        let level = level.and_then(|level| u8::try_from(level).ok());
        // The level distinguishes the program's own `absent` from the same word sent by AWS.
        let own = match (word, level) {
            ("absent", Some(State::ABSENT_LEVEL)) => State::absent(),
            _ => State::of(kind, Some(word)),
        };
        State { level: level.unwrap_or(own.level), health: health.unwrap_or(own.health), ..own }
    }

    /// The state in a document of history: the same as [`State::recalled`], except for a word that was unknown when it
    /// was recorded and is known now. Then the present meaning counts.
    pub fn recorded(kind: Kind, word: &str, level: Option<u64>, health: Option<Health>) -> State {
        if level == Some(u64::from(State::UNRECOGNIZED_LEVEL)) {
            State::of(kind, Some(word))
        } else {
            State::recalled(kind, word, level, health)
        }
    }

    /// The same word and level with the health that the context gives the item.
    pub fn in_health(self, health: Health) -> State {
        State { health, ..self }
    }

    /// The state `unknown`: AWS does not report the state.
    pub fn unknown() -> State {
        State { value: Cow::Borrowed("unknown"), level: State::UNKNOWN_LEVEL, health: Health::Unknown }
    }

    /// The state `absent`: the item has left its listing for good.
    pub fn absent() -> State {
        State { value: Cow::Borrowed("absent"), level: State::ABSENT_LEVEL, health: Health::Removed }
    }

    /// AWS's word, or `absent`.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The number in CloudWatch.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// What the state means for traffic.
    pub fn health(&self) -> Health {
        self.health
    }

    /// Whether AWS does not report the state. This makes a transition only after several successive observations.
    pub fn is_unknown(&self) -> bool {
        self.level == State::UNKNOWN_LEVEL
    }

    /// Whether the word is one that the program does not know.
    pub fn is_unrecognized(&self) -> bool {
        self.level == State::UNRECOGNIZED_LEVEL
    }

    /// Whether the item has left its listing.
    pub fn is_absent(&self) -> bool {
        self.level == State::ABSENT_LEVEL
    }

    /// Whether it completes a removal. After `deleting`, in contrast, another transition will follow.
    pub fn is_gone(&self) -> bool {
        self.health == Health::Removed && State::GONE.contains(&self.value())
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_level() {
        assert_eq!(State::of(Kind::Connection, Some("down")).level(), 5);
        assert_eq!(State::of(Kind::Connection, Some("unknown")), State::unknown());
        assert_eq!(State::of(Kind::Connection, None), State::unknown());
        assert_eq!(State::of(Kind::Connection, Some("")), State::unknown());
        let strange = State::of(Kind::Connection, Some("quarantined"));
        assert_eq!((strange.value(), strange.level(), strange.health()), ("quarantined", 99, Health::Unknown));
        // Words are case-sensitive in AWS's model, so a word in another case is an unknown word.
        assert!(State::of(Kind::Connection, Some("Available")).is_unrecognized());
    }

    #[test]
    fn a_bgp_peer_is_its_session_once_it_is_configured() {
        let level = |peer_state, status| State::of_bgp_peer(peer_state, status).level();
        assert_eq!(level(Some("available"), Some("up")), 3);
        assert_eq!(level(Some("available"), Some("down")), 4);
        assert_eq!(level(Some("available"), Some("unknown")), 90);
        assert_eq!(level(Some("available"), None), 90);
        assert_eq!(level(Some("verifying"), Some("down")), 1);
        assert_eq!(level(Some("pending"), Some("unknown")), 2);
        assert_eq!(level(Some("deleting"), Some("up")), 5);
        assert_eq!(level(Some("deleted"), None), 6);
        assert_eq!(level(None, Some("up")), 90);
        assert_eq!(level(Some("strange"), Some("up")), 99);
    }

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let recalled = |word, level, health| State::recalled(Kind::Lag, word, level, health);
        let learned = recalled("down", Some(99), Some(Health::Unknown));
        assert_eq!((learned.level(), learned.health()), (99, Health::Unknown));
        assert_ne!(learned, State::of(Kind::Lag, Some("down")), "today's reading is another state");
        let turned_up = State::of(Kind::Lag, Some("down")).in_health(Health::Pending);
        assert_eq!(recalled("down", Some(4), Some(Health::Pending)), turned_up);
        assert!(recalled("absent", Some(100), None).is_absent());
        assert!(recalled("absent", Some(99), None).is_unrecognized());
        for (level, health) in [(None, None), (Some(4), None), (None, Some(Health::Down)), (Some(256), None)] {
            assert_eq!(recalled("down", level, health), State::of(Kind::Lag, Some("down")), "{level:?} {health:?}");
        }
    }

    #[test]
    fn a_recorded_word_that_is_known_by_now_means_what_it_means_now() {
        let recorded = |word, level, health| State::recorded(Kind::Lag, word, Some(level), Some(health));
        assert_eq!(recorded("down", 99, Health::Unknown), State::of(Kind::Lag, Some("down")));
        assert_eq!(recorded("adrift", 99, Health::Unknown), State::of(Kind::Lag, Some("adrift")));
        assert_eq!(recorded("down", 4, Health::Pending).health(), Health::Pending);
    }

    #[test]
    fn a_removal_is_complete_with_some_words_and_under_way_with_the_others() {
        let mut gone: Vec<String> = Vec::new();
        let mut going: Vec<String> = Vec::new();
        for (kind, word) in Kind::ALL.into_iter().flat_map(|kind| kind.words().iter().map(move |word| (kind, word))) {
            let state = State::of(kind, Some(word.word));
            if state.health() == Health::Removed {
                if state.is_gone() { &mut gone } else { &mut going }.push(state.to_string());
            } else {
                assert!(!state.is_gone(), "{kind} {state}");
            }
        }
        let distinct = |mut words: Vec<String>| {
            words.sort();
            words.dedup();
            words.join(" ")
        };
        assert_eq!(distinct(gone), "deleted detached disassociated rejected");
        assert_eq!(distinct(going), "deleting detaching disassociating");
        assert!(State::absent().is_gone());
        assert!(!State::of(Kind::Connection, Some("absent")).is_gone(), "an unknown word");
    }
}
