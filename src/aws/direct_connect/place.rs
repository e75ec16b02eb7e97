//! What an item's description takes from where it was read, and the small rules of Direct Connect's answers: an empty
//! text and a zero are nothing.

use aws_sdk_directconnect::types::Connection;

use crate::domain::{ItemDescription, ItemKey, Kind, Scope, bounded};

/// An item of a listing that has no id it could be known by.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nameless {
    pub(super) kind: Kind,
    /// What is known of it, for whoever has to find it.
    pub(super) known: String,
}

impl Nameless {
    /// An item of which these facts are known, by name.
    pub(super) fn new(kind: Kind, facts: &[(&str, Option<&str>)]) -> Nameless {
        let known = facts.iter().filter_map(|(name, value)| Some(format!("{name} {:?}", text(*value)?)));
        Nameless { kind, known: known.collect::<Vec<_>>().join(", ") }
    }
}

/// Where items were read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) scope: &'a Scope,
    pub(super) partition: &'a str,
}

impl Place<'_> {
    /// The bare description of the item of that kind with AWS's `id`; none when the id is not usable.
    pub(super) fn bare(&self, kind: Kind, id: &str) -> Option<ItemDescription> {
        ItemKey::is_usable(id).then(|| ItemDescription::bare(self.scope, &ItemKey::new(kind, id)))
    }

    /// The ARN of a regional resource of Direct Connect: its type is `dxcon`, `dxlag` or `dxvif`. What AWS does not say
    /// of region and owner is the scope's.
    pub(super) fn regional_arn(&self, resource: &str, id: &str, region: Option<&str>, owner: Option<&str>) -> String {
        let (region, owner) = (self.region_or(region), self.owner_or(owner));
        format!("arn:{}:directconnect:{region}:{owner}:{resource}/{id}", self.partition)
    }

    /// The ARN of a Direct Connect gateway, which belongs to no region.
    pub(super) fn direct_connect_gateway_arn(&self, id: &str, owner: Option<&str>) -> String {
        format!("arn:{}:directconnect::{}:dx-gateway/{id}", self.partition, self.owner_or(owner))
    }

    /// The ARN of a virtual private gateway, which is EC2's.
    pub(super) fn virtual_gateway_arn(&self, id: &str) -> String {
        let (region, account) = (self.scope.region(), self.scope.account());
        format!("arn:{}:ec2:{region}:{account}:vpn-gateway/{id}", self.partition)
    }

    fn region_or<'b>(&'b self, region: Option<&'b str>) -> &'b str {
        region.filter(|region| !region.is_empty()).unwrap_or(self.scope.region())
    }

    fn owner_or<'b>(&'b self, owner: Option<&'b str>) -> &'b str {
        owner.filter(|owner| !owner.is_empty()).unwrap_or(self.scope.account())
    }
}

/// A text, if there is one, cut where it is endless.
pub(super) fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(|text| bounded(text).into_owned())
}

/// The first text that there is.
pub(super) fn first_text<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Option<String> {
    texts.into_iter().find_map(text)
}

/// A number, if it was given: Direct Connect's and the SDK's zero means that it was not.
pub(super) fn number(number: impl Into<i64>) -> Option<i64> {
    Some(number.into()).filter(|number| *number > 0)
}

/// An autonomous system number: the long form reaches further.
pub(super) fn asn(long: Option<i64>, short: i32) -> Option<i64> {
    long.and_then(number).or_else(|| number(short))
}

/// The AWS device that a connection ends on, by its newest name.
pub(super) fn connection_device(connection: &Connection) -> Option<String> {
    device(
        connection.aws_logical_device_id.as_deref(),
        connection.aws_device_v2.as_deref(),
        connection.aws_device.as_deref(),
    )
}

/// An AWS device, by the newest of its names.
pub(super) fn device(logical_id: Option<&str>, version_2: Option<&str>, version_1: Option<&str>) -> Option<String> {
    first_text([logical_id, version_2, version_1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_of_the_items_own_region_and_owner() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let place = Place { scope: &scope, partition: "aws-us-gov" };
        assert_eq!(
            place.regional_arn("dxvif", "dxvif-1", Some("us-gov-west-1"), Some("210987654321")),
            "arn:aws-us-gov:directconnect:us-gov-west-1:210987654321:dxvif/dxvif-1"
        );
        for nothing in [None, Some("")] {
            assert_eq!(
                place.regional_arn("dxcon", "dxcon-1", nothing, nothing),
                "arn:aws-us-gov:directconnect:us-east-1:123456789012:dxcon/dxcon-1"
            );
            assert_eq!(
                place.direct_connect_gateway_arn("8384da05", nothing),
                "arn:aws-us-gov:directconnect::123456789012:dx-gateway/8384da05"
            );
        }
        assert_eq!(place.virtual_gateway_arn("vgw-1"), "arn:aws-us-gov:ec2:us-east-1:123456789012:vpn-gateway/vgw-1");
    }

    #[test]
    fn nothing_and_zero_are_not_there() {
        assert_eq!(text(Some("")), None);
        assert_eq!(text(Some(" ")), Some(" ".to_owned()), "a blank name is a name");
        assert_eq!(text(Some(&"x".repeat(5_000))).map(|text| text.chars().count()), Some(1_024));
        assert_eq!(device(Some(""), None, Some("EqDC2-1")), Some("EqDC2-1".to_owned()));
        assert_eq!((number(0), number(4_094)), (None, Some(4_094)));
        assert_eq!(asn(Some(4_200_000_000), 0), Some(4_200_000_000));
        assert_eq!((asn(Some(0), 65_000), asn(None, 0)), (Some(65_000), None));
    }

    #[test]
    fn what_is_known_of_a_nameless_item_is_quoted() {
        let nameless =
            Nameless::new(Kind::Lag, &[("name", Some("a\n\u{1b}[31m")), ("location", None), ("owner", Some("1"))]);
        assert_eq!(nameless.known, r#"name "a\n\u{1b}[31m", owner "1""#);
    }
}
