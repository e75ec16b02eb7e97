//! What becomes of each field of a stored document. A field that has no rule is left out.

use super::sorts::Sort;

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// An object, whose fields have rules of their own.
    Object,
    /// A list of such objects.
    Objects,
    /// A list of ids.
    Ids,
    /// A word of the program's or of AWS's: it stays if it is known.
    Word,
    /// A region: it stays if it has the form of one.
    Region,
    /// A bandwidth: it stays if it has the form of one.
    Bandwidth,
    /// A number, which stays.
    Number,
    /// Numbers by words.
    Counts,
    /// `true` or `false`.
    Flag,
    /// An instant, which stays.
    Instant,
    /// An id.
    Id,
    /// What a root is called: an id, or the name of a device or a location.
    IdOfKind,
    /// Where an item was, or is: an id, or the name of a device or a location, by what has changed.
    IdOfChange,
    /// An ARN.
    Arn,
    /// An address.
    Address,
    /// Any other text, of a sort.
    Text(Sort),
    /// A number that names something, of a sort.
    Named(Sort),
    /// Tags: both keys and values.
    Tags,
    /// A sentence of the program's own.
    Sentence,
    /// The one line that the document says of itself.
    Summary,
}

/// The rule for the field `key` of the object `parent`; `""` is the document.
pub(super) fn rule(parent: &str, key: &str) -> Option<Rule> {
    Some(match (parent, key) {
        ("", "metadata" | "item" | "state" | "previousState" | "incident") => Rule::Object,
        ("", "change" | "severity" | "reason" | "status" | "action") => Rule::Word,
        ("", "dedupKey") => Rule::Id,
        ("", "summary") => Rule::Summary,
        ("", "previousDurationSeconds") => Rule::Number,
        ("metadata", key) => metadata(key)?,
        ("state" | "previousState", "value" | "health") => Rule::Word,
        ("state" | "previousState", "level") => Rule::Number,
        ("state" | "previousState", "since" | "lastSeenAt") => Rule::Instant,
        ("incident", key) => incident(key)?,
        ("item" | "root" | "items", key) => item(key)?,
        ("affected", "count" | "more") | ("impact", "more") => Rule::Number,
        ("affected", "byKind") => Rule::Counts,
        ("affected", "items") | ("impact", "destinations") => Rule::Objects,
        ("impact", "level") => Rule::Word,
        ("destinations", key) => destination(key)?,
        ("planned", "by") | ("evidence", "type") => Rule::Word,
        ("planned" | "evidence", "id") => Rule::Id,
        ("planned", "from" | "until" | "announcedAt") | ("acknowledged" | "evidence", "at") => Rule::Instant,
        ("planned", "title") | ("acknowledged", "note") => Rule::Text(Sort::Text),
        ("acknowledged" | "evidence", "by") => Rule::Text(Sort::Person),
        ("evidence", "summary") => Rule::Sentence,
        ("resilience" | "changes" | "routes" | "prefixes" | "lostBy", key) => fact(key)?,
        _ => return None,
    })
}

/// The fields of the facts that an incident may be about, and of what they are made of.
fn fact(key: &str) -> Option<Rule> {
    Some(match key {
        "kind" | "addressFamily" | "previousModel" | "model" | "intendedModel" | "change" | "ended" => Rule::Word,
        "id" => Rule::Id,
        "name" => Rule::Text(Sort::Name),
        "paths" | "devices" | "locations" | "moreChanges" | "count" | "more" | "withoutPath" | "lost" | "accepted" => {
            Rule::Number
        }
        "changes" | "prefixes" | "lostBy" => Rule::Objects,
        "acceptedOver" => Rule::Ids,
        "prefix" => Rule::Address,
        "partly" => Rule::Flag,
        "from" | "to" => Rule::IdOfChange,
        _ => return None,
    })
}

fn metadata(key: &str) -> Option<Rule> {
    Some(match key {
        "version" => Rule::Word,
        "id" | "incidentId" | "groupId" => Rule::Id,
        "sequence" => Rule::Number,
        "recordedAt" | "previousAt" => Rule::Instant,
        "people" | "chat" | "drill" | "minimal" => Rule::Flag,
        _ => return None,
    })
}

fn incident(key: &str) -> Option<Rule> {
    Some(match key {
        "id" | "mergedInto" => Rule::Id,
        "category" => Rule::Word,
        "account" => Rule::Text(Sort::Account),
        "region" => Rule::Region,
        "since" | "lastSeenAt" | "resolvedAt" | "blindSince" => Rule::Instant,
        "root" | "affected" | "impact" | "planned" | "acknowledged" | "resilience" | "routes" => Rule::Object,
        "evidence" => Rule::Objects,
        "cause" => Rule::Sentence,
        "outages" | "downSeconds" | "durationSeconds" => Rule::Number,
        _ => return None,
    })
}

/// The fields of items, of roots and of members.
fn item(key: &str) -> Option<Rule> {
    Some(match key {
        "kind" | "state" | "encryptionMode" | "virtualInterfaceType" | "addressFamily" => Rule::Word,
        "id" => Rule::IdOfKind,
        "lagId"
        | "connectionId"
        | "interconnectId"
        | "virtualInterfaceId"
        | "bgpPeerId"
        | "directConnectGatewayId"
        | "virtualGatewayId"
        | "associatedGatewayId" => Rule::Id,
        "memberConnections" => Rule::Ids,
        "name" => Rule::Text(Sort::Name),
        "arn" => Rule::Arn,
        "account" | "ownerAccount" => Rule::Text(Sort::Account),
        "region" => Rule::Region,
        "location" => Rule::Text(Sort::Location),
        "device" | "physicalDevice" => Rule::Text(Sort::Device),
        "partnerName" => Rule::Text(Sort::Partner),
        "stateChangeError" => Rule::Text(Sort::Text),
        "bandwidth" => Rule::Bandwidth,
        "minimumLinks" | "acceptedRoutes" | "advertisedRoutes" => Rule::Number,
        "tags" => Rule::Tags,
        "vlan" => Rule::Named(Sort::Vlan),
        "asn" | "amazonSideAsn" => Rule::Named(Sort::Asn),
        "amazonAddress" | "customerAddress" => Rule::Address,
        "since" => Rule::Instant,
        _ => return None,
    })
}

fn destination(key: &str) -> Option<Rule> {
    Some(match key {
        "kind" | "addressFamily" => Rule::Word,
        "id" => Rule::Id,
        "name" => Rule::Text(Sort::Name),
        "pathsBefore" | "paths" | "devices" | "locations" => Rule::Number,
        _ => return None,
    })
}
