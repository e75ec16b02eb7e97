//! The forms of pseudonyms. Each keeps the form of the thing, so that readers and programs still see what it is, and is
//! one that the thing itself cannot have.
//!
//! | original | pseudonym | why it is no real one |
//! | --- | --- | --- |
//! | `dxcon-fg5678gh`, `core-dxgw` | `dxcon-x-4f7k2m9q`, `name-x-8p3r0v5d` | AWS's ids have no `x` between two hyphens |
//! | an account | `0000` and eight digits | no account that AWS shows begins so |
//! | a UUID | `0000…`, version 8 | AWS's ids are of version 4, the program's own of version 5 |
//! | an IPv4 address | in 240.0.0.0/4 | reserved, and never assigned (RFC 1112) |
//! | an IPv6 address | in 2001:db8::/32 | for documentation (RFC 3849) |
//! | an autonomous system number | above 9,000,000,000 | the largest is 4,294,967,295 |
//! | a VLAN | above 100,000 | the largest is 4,094 |
//!
//! The addresses and numbers that are set aside for documentation are too few to stay distinct: there are 768 IPv4
//! addresses (RFC 5737) and 32 autonomous system numbers (RFC 5398). So these two take what cannot be real either.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use uuid::Uuid;

use super::{key::Digest, sorts::Sort};

/// The letters of marked pseudonyms: none that is easily taken for another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// How many of them a pseudonym has: of 10,000 ids, two have the same once in 20,000 estates, and then one takes others.
const LENGTH: u32 = 8;
/// The prefixes of ids that are kept: what AWS calls the things that Direct Connect knows, and this program.
const PREFIXES: [&str; 10] = ["dxcon", "dxvif", "dxlag", "dxpeer", "dxgw", "dxrg", "vgw", "tgw", "cgw", "core-network"];

/// A pseudonym of a sort for `original`, made of `digest`.
pub(super) fn form(sort: Sort, original: &str, Digest(digest): Digest) -> String {
    match sort {
        Sort::Account => format!("0000{:08}", digest % 100_000_000),
        Sort::Uuid => uuid(digest).to_string(),
        Sort::Asn => (9_000_000_000 + digest % 1_000_000_000).to_string(),
        Sort::Vlan => (100_000 + digest % 900_000).to_string(),
        Sort::Address => match original.parse() {
            Ok(IpAddr::V4(_)) => v4(digest).to_string(),
            Ok(IpAddr::V6(_)) => v6(digest).to_string(),
            Err(_) => marked(sort.word(), digest),
        },
        Sort::Id => marked(prefix(original).unwrap_or(sort.word()), digest),
        _ => marked(sort.word(), digest),
    }
}

fn marked(prefix: &str, digest: u128) -> String {
    let letters = (0..LENGTH).map(|place| char::from(LETTERS[(digest >> (5 * place)) as usize % LETTERS.len()]));
    format!("{prefix}-x-{}", letters.collect::<String>())
}

/// What an id begins with, if that says no more than what the thing is.
fn prefix(id: &str) -> Option<&'static str> {
    let own = id.rsplit_once('-')?.0;
    PREFIXES.into_iter().find(|prefix| *prefix == own)
}

/// Whether it begins as the ids of AWS do.
pub(super) fn has_prefix(text: &str) -> bool {
    prefix(text).is_some()
}

fn uuid(digest: u128) -> Uuid {
    let [_, _, kept @ ..] = digest.to_be_bytes();
    let mut bytes = [0; 16];
    bytes.iter_mut().skip(2).zip(kept).for_each(|(byte, own)| *byte = own);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Never the broadcast address.
fn v4(digest: u128) -> Ipv4Addr {
    Ipv4Addr::from_bits(0xf000_0000 | (digest % 0x0fff_ffff) as u32)
}

/// A short one: 48 bits.
fn v6(digest: u128) -> Ipv6Addr {
    let group = |place: u32| (digest >> (16 * place)) as u16;
    Ipv6Addr::new(0x2001, 0xdb8, group(0), group(1), 0, 0, 0, group(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sort: Sort, original: &str) -> String {
        form(sort, original, Digest(0x21ac_35a7_3df2_60ab_b4f4_4768_ce8e_00cf))
    }

    #[test]
    fn a_pseudonym_has_the_form_of_the_thing() {
        let all = [
            (Sort::Account, "123456789012"),
            (Sort::Uuid, "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f"),
            (Sort::Id, "dxcon-fg5678gh"),
            (Sort::Id, "core-network-0f1e2d3c4b5a69788"),
            (Sort::Id, "acme-prod-1"),
            (Sort::Id, "anything"),
            (Sort::Address, "169.254.96.1"),
            (Sort::Address, "fe80::1"),
            (Sort::Address, "by the door"),
            (Sort::Asn, "65001"),
            (Sort::Vlan, "101"),
            (Sort::Name, "core-dxgw"),
            (Sort::Device, "EqDC2-abc"),
        ];
        let shown: Vec<String> = all.map(|(sort, original)| format!("{original} {}", of(sort, original))).into();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        123456789012 000011484879
        c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f 000035a7-3df2-80ab-b4f4-4768ce8e00cf
        dxcon-fg5678gh dxcon-x-f60w873d
        core-network-0f1e2d3c4b5a69788 core-network-x-f60w873d
        acme-prod-1 id-x-f60w873d
        anything id-x-f60w873d
        169.254.96.1 243.141.184.156
        fe80::1 2001:db8:cf:ce8e::4768
        by the door address-x-f60w873d
        65001 9411484879
        101 284879
        core-dxgw name-x-f60w873d
        EqDC2-abc device-x-f60w873d
        "#);
    }

    #[test]
    fn no_pseudonym_of_an_address_is_the_broadcast_address() {
        for digest in [0, 0x0fff_fffe, 0x0fff_ffff, u128::MAX] {
            let address = v4(digest);
            assert!(address.octets()[0] >= 240 && !address.is_broadcast(), "{address}");
        }
    }
}
