//! Ids, by their form: an id may be put together of others, and names the same things then.

use core::net::IpAddr;

use uuid::Uuid;

use super::{pseudonyms::Redactor, sorts::Sort, vocabulary};
use crate::domain::{Arn, ItemKey, RootKind, is_account};

/// What a part of an id may say besides what it names.
const FAMILIES: [&str; 2] = ["ipv4", "ipv6"];

impl Redactor {
    /// The pseudonym of an id.
    pub fn id(&self, id: &str) -> String {
        let pseudonym = self.id_by_form(id);
        self.remember(&pseudonym, id);
        pseudonym
    }

    /// The pseudonym of what a root or a failure is called.
    pub fn id_of(&self, kind: RootKind, id: &str) -> String {
        match kind {
            RootKind::Device => self.device(id),
            RootKind::Location => self.location(id),
            RootKind::Item(_) | RootKind::Public => self.id(id),
        }
    }

    /// The pseudonym of a key.
    pub fn key(&self, key: &ItemKey) -> ItemKey {
        ItemKey::new(key.kind, self.id(&key.id))
    }

    fn id_by_form(&self, id: &str) -> String {
        if is_account(id) {
            return self.account(id);
        }
        if let Ok(uuid) = id.parse::<Uuid>() {
            // Others are written with capitals, or without hyphens.
            return if uuid.to_string() == id { self.uuid(uuid).to_string() } else { self.pseudonym(Sort::Id, id) };
        }
        if is_address(id) {
            return self.address(id);
        }
        if let Some(arn) = Arn::parse(id) {
            return self.arn_of(arn);
        }
        match id.split_once(':') {
            Some((family, rest)) if FAMILIES.contains(&family) => format!("{family}:{}", self.id_by_form(rest)),
            Some((head, family)) if FAMILIES.contains(&family) => format!("{}:{family}", self.id_by_form(head)),
            Some((head, rest)) if !head.is_empty() => format!("{}:{}", self.id_by_form(head), self.id_by_form(rest)),
            _ => self.pseudonym(Sort::Id, id),
        }
    }

    /// The pseudonym of an address, with the length of its prefix if it has one.
    pub(super) fn address(&self, text: &str) -> String {
        match text.split_once('/') {
            Some((address, length)) if is_address(text) => format!("{}/{length}", self.address(address)),
            _ => self.pseudonym(Sort::Address, text),
        }
    }

    /// The pseudonym of an ARN.
    pub(super) fn arn(&self, text: &str) -> String {
        Arn::parse(text).map_or_else(|| self.pseudonym(Sort::Id, text), |arn| self.arn_of(arn))
    }

    fn arn_of(&self, arn: Arn<'_>) -> String {
        let known = |text: &str| if vocabulary::is_known(text) { text.to_owned() } else { self.id(text) };
        let resource: Vec<String> = arn.resource.split('/').map(known).collect();
        let account = if arn.account.is_empty() { String::new() } else { self.account(arn.account) };
        let region = if arn.region.is_empty() { String::new() } else { self.region(arn.region) };
        format!("arn:{}:{}:{region}:{account}:{}", known(arn.partition), known(arn.service), resource.join("/"))
    }
}

/// Whether it is an IP address, with or without the length of a prefix.
pub(super) fn is_address(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "0"));
    address.parse::<IpAddr>().is_ok() && length.parse::<u8>().is_ok_and(|length| length <= 128)
}
