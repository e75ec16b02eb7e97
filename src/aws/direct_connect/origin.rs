//! Where items were read from. This decides which rows are kept, and fills in what their descriptions lack (region,
//! owner, ARN). Also here: Direct Connect's empty texts and zeros mean "no value".

use std::collections::BTreeMap;

use aws_sdk_directconnect::types::{Connection, Tag};

use crate::domain::{Item, ItemDescription, ItemKey, Kind, Scope, bounded};

/// The result of a row of a listing: an item, or why it is not kept.
pub(super) type Found = Result<Item, Omission>;

/// Why a row of a listing is not kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Omission {
    /// It belongs to another region, whose own listing has it.
    Elsewhere,
    /// It has no usable id.
    Nameless(Nameless),
}

/// A row of a listing that has no usable id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nameless {
    pub(super) kind: Kind,
    /// Whether it has a name. Then it may be an item that is known by its id, and it is unclear which.
    pub(super) has_name: bool,
    /// What is known of it, to help a person find it.
    pub(super) known: String,
}

impl Omission {
    /// A row without a usable id, with its name, if it has one, and these further facts.
    pub(super) fn nameless(kind: Kind, name: Option<&str>, facts: &[(&str, Option<&str>)]) -> Omission {
        let known = [("name", name)];
        let known = known.iter().chain(facts).filter_map(|(fact, value)| Some(format!("{fact} {:?}", text(*value)?)));
        let (has_name, known) = (text(name).is_some(), known.collect::<Vec<_>>().join(", "));
        Omission::Nameless(Nameless { kind, has_name, known })
    }
}

/// Where items were read from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    pub(super) scope: &'a Scope,
    pub(super) partition: &'a str,
    /// Every region that is polled, this one among them.
    pub(super) regions: &'a [String],
    /// The keys of the tags that are kept.
    pub(super) tag_keys: &'a [String],
}

impl<'a> Origin<'a> {
    /// The same, but for the scope.
    pub(super) fn with_scope<'b>(&self, scope: &'b Scope) -> Origin<'b>
    where
        'a: 'b,
    {
        Origin { scope, ..*self }
    }

    /// Accepts an item that names this region, no region, or one that is not polled.
    pub(super) fn here(&self, region: Option<&str>) -> Result<(), Omission> {
        let elsewhere = region
            .is_some_and(|named| named != self.scope.region() && self.regions.iter().any(|polled| polled == named));
        if elsewhere { Err(Omission::Elsewhere) } else { Ok(()) }
    }

    /// The bare description of the item of that kind with AWS's `id`; none when the id is not usable.
    pub(super) fn bare(&self, kind: Kind, id: &str) -> Option<ItemDescription> {
        ItemKey::is_usable(id).then(|| ItemDescription::bare(self.scope, &ItemKey::new(kind, id)))
    }

    /// The bare description of an item that a listing names by this id and region, if it is an item of this region. Of one
    /// without a usable id, its name and these facts are known.
    pub(super) fn listed_here(
        &self,
        kind: Kind,
        (id, region): (&str, Option<&str>),
        name: Option<&str>,
        facts: &[(&str, Option<&str>)],
    ) -> Result<ItemDescription, Omission> {
        self.here(region)?;
        self.bare(kind, id).ok_or_else(|| Omission::nameless(kind, name, facts))
    }

    /// Those of an item's tags that are kept; none where it has none of them.
    pub(super) fn tags(&self, tags: Option<&[Tag]>) -> Option<BTreeMap<String, String>> {
        let chosen: BTreeMap<String, String> = (tags.unwrap_or_default().iter())
            .filter(|tag| self.tag_keys.contains(&tag.key))
            .map(|tag| (tag.key.clone(), bounded(tag.value.as_deref().unwrap_or_default()).into_owned()))
            .collect();
        (!chosen.is_empty()).then_some(chosen)
    }

    /// The ARN of a regional resource of Direct Connect: its type is `dxcon`, `dxlag` or `dxvif`. A region or owner
    /// that AWS does not give is the scope's.
    pub(super) fn regional_arn(&self, resource: &str, id: &str, region: Option<&str>, owner: Option<&str>) -> String {
        let (region, owner) = (self.region_or(region), self.owner_or(owner));
        format!("arn:{}:directconnect:{region}:{owner}:{resource}/{id}", self.partition)
    }

    /// The ARN of a resource of Direct Connect that belongs to no region: its type is `dx-gateway` or
    /// `dx-resiliency-group`.
    pub(super) fn global_arn(&self, resource: &str, id: &str, owner: Option<&str>) -> String {
        format!("arn:{}:directconnect::{}:{resource}/{id}", self.partition, self.owner_or(owner))
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

/// A text, if it is not empty, with a limit on its length.
pub(super) fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(|text| bounded(text).into_owned())
}

/// The first text that is not empty.
pub(super) fn first_text<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Option<String> {
    texts.into_iter().find_map(text)
}

/// A number, if AWS gave one: Direct Connect and the SDK use zero for "not given".
pub(super) fn number(number: impl Into<i64>) -> Option<i64> {
    Some(number.into()).filter(|number| *number > 0)
}

/// An autonomous system number, preferably in its long form, which has the larger range.
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
pub(super) mod tests {
    use super::*;

    /// The result of `test` for an origin in the only region that is polled.
    pub(in super::super) fn at_origin<T>(test: impl FnOnce(Origin<'_>) -> T) -> T {
        let scope = Scope::regional("123456789012", "ap-southeast-2");
        test(Origin { scope: &scope, partition: "aws", regions: &[], tag_keys: &["env".to_owned()] })
    }

    /// The same for the origin of the global kinds.
    pub(in super::super) fn at_global_origin<T>(test: impl FnOnce(Origin<'_>) -> T) -> T {
        at_origin(|origin| test(origin.with_scope(&Scope::global("123456789012"))))
    }

    #[test]
    fn arns_are_of_the_items_own_region_and_owner() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let origin = Origin { scope: &scope, partition: "aws-us-gov", regions: &[], tag_keys: &[] };
        assert_eq!(
            origin.regional_arn("dxvif", "dxvif-1", Some("us-gov-west-1"), Some("210987654321")),
            "arn:aws-us-gov:directconnect:us-gov-west-1:210987654321:dxvif/dxvif-1"
        );
        for nothing in [None, Some("")] {
            assert_eq!(
                origin.regional_arn("dxcon", "dxcon-1", nothing, nothing),
                "arn:aws-us-gov:directconnect:us-east-1:123456789012:dxcon/dxcon-1"
            );
            assert_eq!(
                origin.global_arn("dx-gateway", "8384da05", nothing),
                "arn:aws-us-gov:directconnect::123456789012:dx-gateway/8384da05"
            );
        }
        assert_eq!(origin.virtual_gateway_arn("vgw-1"), "arn:aws-us-gov:ec2:us-east-1:123456789012:vpn-gateway/vgw-1");
    }

    #[test]
    fn an_item_is_kept_unless_its_own_region_is_polled_too() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let regions = ["us-east-1".to_owned(), "us-west-1".to_owned()];
        let origin = Origin { scope: &scope, partition: "aws", regions: &regions, tag_keys: &[] };
        for here in [None, Some(""), Some("us-east-1"), Some("eu-west-1")] {
            assert_eq!(origin.here(here), Ok(()), "{here:?}");
        }
        assert_eq!(origin.here(Some("us-west-1")), Err(Omission::Elsewhere));
    }

    #[test]
    fn only_the_chosen_tags_are_kept() {
        let tag = |key: &str, value: Option<&str>| Tag::builder().key(key).set_value(value.map(str::to_owned)).build();
        let tags = [tag("env", Some("prod")), tag("team", Some("network"))].map(Result::unwrap);
        let kept = |tags: &[Tag]| at_origin(|origin| origin.tags(Some(tags)));
        assert_eq!(kept(&tags), Some([("env".to_owned(), "prod".to_owned())].into()));
        assert_eq!(kept(&tags[1..]), None);
        assert_eq!(kept(&[tag("env", None).unwrap()]), Some([("env".to_owned(), String::new())].into()));
        let endless = kept(&[tag("env", Some(&"x".repeat(5_000))).unwrap()]).unwrap();
        assert_eq!(endless["env"].chars().count(), 1_024);
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
        let known = |name, facts: &[_]| match Omission::nameless(Kind::Lag, name, facts) {
            Omission::Nameless(Nameless { has_name, known, .. }) => (has_name, known),
            Omission::Elsewhere => unreachable!(),
        };
        let named = known(Some("a\n\u{1b}[31m"), &[("location", None), ("owner", Some("1"))]);
        assert_eq!(named, (true, r#"name "a\n\u{1b}[31m", owner "1""#.to_owned()));
        assert_eq!(known(Some(""), &[("owner", Some("1"))]), (false, r#"owner "1""#.to_owned()));
    }
}
