use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

fn prefix(text: &str) -> Prefix {
    text.parse().unwrap()
}

fn set(texts: &[&str]) -> PrefixSet {
    texts.iter().map(|text| prefix(text)).collect()
}

/// Prefixes of the last eight bits of an address: few enough to count each address, and many that hold each other.
fn small() -> impl Strategy<Value = Prefix> {
    (any::<bool>(), any::<u8>(), 0_u8..=8).prop_map(|(is_ipv6, last, length)| match is_ipv6 {
        false => Prefix::of(Ipv4Addr::new(10, 0, 0, last).into(), 24 + length).unwrap(),
        true => Prefix::of(Ipv6Addr::from_bits(u128::MAX - u128::from(last)).into(), 120 + length).unwrap(),
    })
}

/// Any prefix at all.
fn any_prefix() -> impl Strategy<Value = Prefix> {
    let ipv4 = (any::<u32>(), 0_u8..=32).prop_map(|(bits, length)| (IpAddr::V4(Ipv4Addr::from_bits(bits)), length));
    let ipv6 = (any::<u128>(), 0_u8..=128).prop_map(|(bits, length)| (IpAddr::V6(Ipv6Addr::from_bits(bits)), length));
    prop_oneof![ipv4, ipv6].prop_map(|(address, length)| Prefix::of(address, length).unwrap())
}

/// The addresses of a small prefix, one by one, by what is written of it.
fn addresses(prefix: &Prefix) -> Vec<IpAddr> {
    let text = prefix.to_string();
    let (first, length) = text.split_once('/').unwrap();
    let length: u32 = length.parse().unwrap();
    match first.parse().unwrap() {
        IpAddr::V4(first) => {
            (0..1_u32 << (32 - length)).map(|more| Ipv4Addr::from_bits(first.to_bits() + more).into()).collect()
        }
        IpAddr::V6(first) => {
            (0..1_u128 << (128 - length)).map(|more| Ipv6Addr::from_bits(first.to_bits() + more).into()).collect()
        }
    }
}

/// What a set does for a prefix, by asking for each address whether it is in one of the set.
fn counted(set: &[Prefix], prefix: &Prefix) -> Cover {
    let own = addresses(prefix);
    if set.contains(prefix) {
        return Cover::Exact;
    }
    let holding = set.iter().filter(|other| own.iter().all(|address| addresses(other).contains(address)));
    if let Some(shorter) = holding.max_by_key(|other| other.length()) {
        return Cover::Shorter(*shorter);
    }
    match own.iter().filter(|address| set.iter().any(|other| addresses(other).contains(address))).count() {
        0 => Cover::Absent,
        announced if announced == own.len() => Cover::Longer,
        _ => Cover::Partly,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_covered_is_what_counting_each_address_finds(
        announced in prop::collection::vec(small(), 0..12), wanted in small()
    ) {
        let set: PrefixSet = announced.iter().copied().collect();
        prop_assert_eq!(set.cover(&wanted), counted(&announced, &wanted));
    }

    #[test]
    fn one_holds_another_where_it_has_all_of_its_addresses(one in small(), other in small()) {
        let own = addresses(&one);
        prop_assert_eq!(one.holds(&other), addresses(&other).iter().all(|address| own.contains(address)));
    }

    #[test]
    fn a_set_is_the_same_in_whatever_order_and_however_often(
        (prefixes, shuffled) in prop::collection::vec(any_prefix(), 0..40)
            .prop_flat_map(|prefixes| (Just(prefixes.clone()), Just([prefixes.clone(), prefixes].concat()).prop_shuffle()))
    ) {
        let [one, other]: [PrefixSet; 2] = [prefixes, shuffled].map(|prefixes| prefixes.into_iter().collect());
        prop_assert_eq!(one.pack(), other.pack());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_packed_set_comes_back_as_it_was(
        prefixes in prop::collection::vec(prop_oneof![any_prefix(), small()], 0..60)
    ) {
        let set: PrefixSet = prefixes.into_iter().collect();
        prop_assert_eq!(PrefixSet::unpack(&set.pack()), Ok(set));
    }

    /// What is unpacked at all is packed so again: two texts never stand for one set.
    #[test]
    fn a_damaged_text_is_refused_or_is_another_set(text in "[0-9a-f]{0,40}") {
        if let Ok(set) = PrefixSet::unpack(&text) {
            prop_assert_eq!(PrefixSet::unpack(&set.pack()), Ok(set));
        }
    }

    #[test]
    fn a_prefix_reads_back_from_its_text(prefix in any_prefix()) {
        prop_assert_eq!(prefix.to_string().parse(), Ok(prefix));
    }

    #[test]
    fn any_text_is_a_prefix_or_refused(text in r"\PC*|[0-9a-f:./%+-]{0,50}|[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,3}") {
        if let Ok(prefix) = text.parse::<Prefix>() {
            prop_assert_eq!(prefix.to_string().parse(), Ok(prefix));
        }
    }
}

#[test]
fn what_is_covered_has_an_example_each() {
    let announced = set(&["10.0.0.0/16", "10.2.0.0/17", "10.2.128.0/17", "10.3.0.0/17", "2001:db8::/32"]);
    let cover = |text: &str| announced.cover(&prefix(text));
    assert_eq!(cover("10.0.0.0/16"), Cover::Exact);
    assert_eq!(cover("10.0.7.0/24"), Cover::Shorter(prefix("10.0.0.0/16")));
    assert_eq!(cover("10.2.0.0/16"), Cover::Longer);
    assert_eq!(cover("10.3.0.0/16"), Cover::Partly);
    assert_eq!(cover("10.4.0.0/16"), Cover::Absent);
    assert_eq!(cover("2001:db8:7::/48"), Cover::Shorter(prefix("2001:db8::/32")));
    assert_eq!(cover("::/0"), Cover::Partly);
    assert_eq!(set(&["0.0.0.0/0"]).cover(&prefix("::/0")), Cover::Absent, "another family");
    assert_eq!(set(&["0.0.0.0/1", "128.0.0.0/1"]).cover(&prefix("0.0.0.0/0")), Cover::Longer);
    assert_eq!(set(&["::/1", "8000::/1"]).cover(&prefix("::/0")), Cover::Longer, "to the very last address");
    assert_eq!(set(&["0.0.0.0/0"]).cover(&prefix("10.0.0.0/8")), Cover::Shorter(prefix("0.0.0.0/0")));
}

#[test]
fn what_is_no_prefix_is_refused_and_what_stands_within_one_is_its_prefix() {
    for text in [
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/+8",
        "10.0.0.0/-1",
        "10.0.0.0/256",
        "10.0.0.0/8/8",
        "10.0.0/8",
        "010.0.0.0/8",
        " 10.0.0.0/8",
        "10.0.0.0/8 ",
        "2001:db8::/129",
        "fe80::1%eth0/64",
        "10.0.0.0/\u{664}",
        "💥/8",
        "../../etc/passwd",
    ] {
        let error = text.parse::<Prefix>().unwrap_err().to_string();
        assert_eq!(error, format!("{text:?} is not a prefix in CIDR notation, such as 10.0.0.0/16 or 2001:db8::/32"));
    }
    let long = format!("{}/8", "1".repeat(100_000));
    assert!(long.parse::<Prefix>().unwrap_err().to_string().len() < 200);
    assert_eq!(prefix("10.1.2.3/8").to_string(), "10.0.0.0/8");
    assert_eq!(prefix("2001:DB8::1/32").to_string(), "2001:db8::/32");
    assert_eq!(prefix("10.0.0.0/008"), prefix("10.0.0.0/8"));
}

#[test]
fn a_thousand_prefixes_take_a_few_thousand_characters() {
    let neighbours: PrefixSet =
        (0..1_000).map(|number: u32| prefix(&format!("10.{}.{}.0/24", number / 256, number % 256))).collect();
    let scattered: PrefixSet = (0..1_000_u32)
        .map(|number| Prefix::of(Ipv4Addr::from_bits(number.wrapping_mul(2_654_435_761)).into(), 24).unwrap())
        .collect();
    assert_eq!([neighbours.len(), scattered.len()], [1_000; 2]);
    assert_eq!([neighbours.pack().len(), scattered.pack().len()], [4_012, 6_514]);
    assert_eq!(set(&["10.0.0.0/16", "10.1.0.0/16", "::/0"]).pack(), "00100a0081017f0000");
}

#[test]
fn a_damaged_set_says_how() {
    let error = |text: &str| PrefixSet::unpack(text).unwrap_err().to_string();
    for (text, why) in [
        ("0", "it ends within a byte"),
        ("0g", "it has other characters than hexadecimal digits"),
        ("00", "it ends within a prefix"),
        ("00100a", "it ends within a prefix"),
        ("80", "the first prefix has no length"),
        ("0021", "a prefix is longer than an address"),
        ("01080a", "a prefix is longer than an address"),
        ("00070b", "a prefix has bits beyond its length"),
        ("00080a8009", "it is not sorted"),
        ("00080a81", "it is not sorted"),
        ("7f7f", "IPv6 follows twice"),
    ] {
        assert_eq!(error(text), format!("a set of prefixes is damaged: {why}"), "{text}");
    }
}
