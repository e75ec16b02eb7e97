//! A state: AWS's word for it, its level (the number in CloudWatch) and its health (what it means for traffic).
//!
//! Every word has a level, also one that nobody has ever seen: no word stops a poll.

use std::{borrow::Cow, fmt};

use super::{health::Health, kind::Kind, text::bounded};

/// The state of an item: word, level, health. Made by [`State::of`] (a word from AWS) or [`State::absent`] only, so the
/// three always agree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    value: Cow<'static, str>,
    level: u8,
    health: Health,
}

impl State {
    /// The level of AWS's own `unknown` ("the state is not available"), and of no state at all.
    pub const UNKNOWN_LEVEL: u8 = 90;
    /// The level of a word that the program has never seen.
    pub const UNRECOGNIZED_LEVEL: u8 = 99;
    /// The level of an item that has left its listing; never a data point.
    pub const ABSENT_LEVEL: u8 = 100;

    /// The state that AWS tells with `word`; none, or an empty one, is `unknown`.
    ///
    /// A word longer than any text we keep is cut (see [`bounded`]).
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

    /// A BGP peer's two axes as one state: `bgpStatus` once `bgpPeerState` is `available`, and `bgpPeerState` until
    /// then.
    pub fn of_bgp_peer(peer_state: Option<&str>, status: Option<&str>) -> State {
        State::of(Kind::BgpPeer, if peer_state == Some("available") { status } else { peer_state })
    }

    /// The state of a port's MACsec encryption, `Encryption Up` or `Encryption Down` in AWS's words, in ours.
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

    /// The state as a row of the store remembers it: its word and level. The level tells the program's own `absent` from
    /// a word of AWS's; for all else the word decides, so that a row written before a word was known is read as today's.
    pub fn recalled(kind: Kind, word: &str, level: u64) -> State {
        if word == "absent" && level == u64::from(State::ABSENT_LEVEL) {
            State::absent()
        } else {
            State::of(kind, Some(word))
        }
    }

    /// AWS does not say.
    pub fn unknown() -> State {
        State { value: Cow::Borrowed("unknown"), level: State::UNKNOWN_LEVEL, health: Health::Unknown }
    }

    /// The item has left its listing for good.
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

    /// What it means.
    pub fn health(&self) -> Health {
        self.health
    }

    /// Whether AWS could not say, which is believed only once it was said several times in a row.
    pub fn is_unknown(&self) -> bool {
        self.level == State::UNKNOWN_LEVEL
    }

    /// Whether the word is one that the program has never seen.
    pub fn is_unrecognized(&self) -> bool {
        self.level == State::UNRECOGNIZED_LEVEL
    }

    /// Whether the item has left its listing.
    pub fn is_absent(&self) -> bool {
        self.level == State::ABSENT_LEVEL
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
        // Words are case-sensitive in AWS's model; another case is another word, not a guess.
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
    fn a_ports_encryption_is_up_or_down() {
        let told = |status| State::of_port_encryption(status).to_string();
        assert_eq!((told(Some("Encryption Up")), told(Some("Encryption Down"))), ("up".to_owned(), "down".to_owned()));
        assert_eq!((told(None), told(Some(""))), ("unknown".to_owned(), "unknown".to_owned()));
        assert!(State::of_port_encryption(Some("Encryption Degraded")).is_unrecognized());
    }

    #[test]
    fn a_row_is_read_with_todays_vocabulary() {
        assert_eq!(State::recalled(Kind::Lag, "down", 99).level(), 4);
        assert!(State::recalled(Kind::Lag, "absent", 100).is_absent());
        assert!(State::recalled(Kind::Lag, "absent", 99).is_unrecognized());
        assert!(!State::recalled(Kind::Lag, "down", 99).is_unrecognized());
    }
}
