//! What an original is, which decides the form of its pseudonym.

/// A sort of originals. Two originals of different sorts never share a pseudonym, and one text may be of several: a device
/// that is called like its location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sort {
    /// An account's id.
    Account,
    /// A UUID: a gateway's id, an incident's, an event's.
    Uuid,
    /// Any other id.
    Id,
    /// An IP address.
    Address,
    /// An autonomous system number.
    Asn,
    /// A VLAN.
    Vlan,
    /// The name that an owner gave an item.
    Name,
    /// A device of AWS's.
    Device,
    /// A Direct Connect location.
    Location,
    /// A region that has not the form of one.
    Region,
    /// A partner.
    Partner,
    /// A person, or whatever made a call.
    Person,
    /// The key of a tag.
    Tag,
    /// What people or AWS have written.
    Text,
    /// A word that the program does not know.
    Word,
}

impl Sort {
    /// The word for it, which the pseudonyms of most begin with.
    pub(super) fn word(self) -> &'static str {
        match self {
            Sort::Account => "account",
            Sort::Uuid => "uuid",
            Sort::Id => "id",
            Sort::Address => "address",
            Sort::Asn => "asn",
            Sort::Vlan => "vlan",
            Sort::Name => "name",
            Sort::Device => "device",
            Sort::Location => "location",
            Sort::Region => "region",
            Sort::Partner => "partner",
            Sort::Person => "person",
            Sort::Tag => "tag",
            Sort::Text => "text",
            Sort::Word => "word",
        }
    }
}
