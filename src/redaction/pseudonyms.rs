//! The pseudonyms of one run, and the way back.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use uuid::Uuid;

use super::{forms::form, key::Key, sorts::Sort, vocabulary};

/// Replaces what names a network by pseudonyms.
///
/// It remembers those that it has given, for two reasons. Originals that the key makes the same of have to have different
/// ones: whichever comes later takes another. And whoever reads a store through it asks for what a pseudonym stands for.
pub struct Redactor {
    key: Key,
    given: RefCell<Given>,
}

#[derive(Default)]
struct Given {
    pseudonyms: HashMap<(Sort, String), String>,
    /// The other way round.
    originals: HashMap<String, String>,
}

impl Redactor {
    /// One that makes its pseudonyms with `key`.
    pub fn new(key: Key) -> Redactor {
        Redactor { key, given: RefCell::default() }
    }

    /// The pseudonym of an original. What is empty stays so.
    pub(super) fn pseudonym(&self, sort: Sort, original: &str) -> String {
        if original.is_empty() {
            return String::new();
        }
        let mut given = self.given.borrow_mut();
        if let Some(known) = given.pseudonyms.get(&(sort, original.to_owned())) {
            return known.clone();
        }
        let mut attempt = 0;
        let pseudonym = loop {
            let candidate = form(sort, original, self.key.digest(sort.word(), original, attempt));
            if !given.originals.contains_key(&candidate) {
                break candidate;
            }
            attempt += 1;
        };
        given.originals.insert(pseudonym.clone(), original.to_owned());
        given.pseudonyms.insert((sort, original.to_owned()), pseudonym.clone());
        pseudonym
    }

    /// The pseudonym of a number.
    pub(super) fn number(&self, sort: Sort, original: i64) -> i64 {
        // All of them are numbers of ten digits at most.
        self.pseudonym(sort, &original.to_string()).parse().unwrap_or_default()
    }

    /// The pseudonym that a text was given as one of `sorts`, the first that there is.
    pub(super) fn given(&self, sorts: &[Sort], original: &str) -> Option<String> {
        let given = self.given.borrow();
        sorts.iter().find_map(|sort| given.pseudonyms.get(&(*sort, original.to_owned())).cloned())
    }

    /// Remembers that a pseudonym which was put together of several stands for `original`.
    pub(super) fn remember(&self, pseudonym: &str, original: &str) {
        self.given.borrow_mut().originals.entry(pseudonym.to_owned()).or_insert_with(|| original.to_owned());
    }

    /// What a pseudonym of this run stands for.
    pub fn original(&self, pseudonym: &str) -> Option<String> {
        self.given.borrow().originals.get(pseudonym).cloned()
    }

    /// The pseudonym of an account.
    pub fn account(&self, id: &str) -> String {
        self.pseudonym(Sort::Account, id)
    }

    /// A region, which is no secret, or the pseudonym of what has not the form of one.
    pub fn region(&self, text: &str) -> String {
        if vocabulary::is_aws_region(text) { text.to_owned() } else { self.pseudonym(Sort::Region, text) }
    }

    /// The pseudonym of an item's name.
    pub fn name(&self, text: &str) -> String {
        self.pseudonym(Sort::Name, text)
    }

    /// The pseudonym of a device.
    pub fn device(&self, text: &str) -> String {
        self.pseudonym(Sort::Device, text)
    }

    /// The pseudonym of a location.
    pub fn location(&self, text: &str) -> String {
        self.pseudonym(Sort::Location, text)
    }

    /// The pseudonym of a UUID.
    pub fn uuid(&self, id: Uuid) -> Uuid {
        self.pseudonym(Sort::Uuid, &id.to_string()).parse().unwrap_or_default()
    }

    /// A word that the program knows, or the pseudonym of any other.
    pub(super) fn word(&self, text: &str) -> String {
        if vocabulary::is_known(text) { text.to_owned() } else { self.pseudonym(Sort::Word, text) }
    }

    /// The keys of a map, which are names of the program's own, and what is with them. Others are left out.
    pub(super) fn known_keys<T: Clone>(map: &BTreeMap<String, T>) -> BTreeMap<String, T> {
        let known = map.iter().filter(|(key, _)| vocabulary::is_known(key));
        known.map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}
