//! Connections, interconnects, hosted connections and LAGs, translated from the SDK's types to ours.

use aws_sdk_directconnect::types::{Connection, Interconnect, Lag};

use crate::domain::{Item, ItemDescription, Kind, State};

use super::origin::{Found, Omission, Origin, connection_device, device, first_text, number, text};

/// What a hosted connection is hosted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// An interconnect, by its id.
    Interconnect(String),
    /// A LAG, by its id.
    Lag(String),
}

impl Origin<'_> {
    pub(super) fn connection(&self, connection: &Connection) -> Found {
        self.here(connection.region.as_deref())?;
        Ok(Item {
            description: self.connection_as(Kind::Connection, connection)?.into(),
            state: connection_state(Kind::Connection, connection),
        })
    }

    /// A connection that `host` hosts, whatever region it names: it is listed with its host and nowhere else.
    pub(super) fn hosted_connection(&self, connection: &Connection, host: &Host) -> Found {
        let mut description = self.connection_as(Kind::HostedConnection, connection)?;
        match host {
            Host::Interconnect(id) => description.interconnect_id = text(Some(id)),
            Host::Lag(id) => description.lag_id = text(Some(id)),
        }
        Ok(Item { description: description.into(), state: connection_state(Kind::HostedConnection, connection) })
    }

    fn connection_as(&self, kind: Kind, connection: &Connection) -> Result<ItemDescription, Omission> {
        let id = connection.connection_id.as_deref().unwrap_or_default();
        let (region, owner) = (connection.region.as_deref(), connection.owner_account.as_deref());
        let bare = self.bare(kind, id).ok_or_else(|| {
            let (name, location) = (connection.connection_name.as_deref(), connection.location.as_deref());
            Omission::nameless(kind, name, &[("location", location), ("owner", owner)])
        })?;
        Ok(ItemDescription {
            name: text(connection.connection_name.as_deref()),
            arn: Some(self.regional_arn("dxcon", id, region, owner)),
            owner_account: text(owner),
            location: text(connection.location.as_deref()),
            device: connection_device(connection),
            physical_device: text(connection.aws_device_v2.as_deref()),
            bandwidth: text(connection.bandwidth.as_deref()),
            encryption_mode: text(connection.encryption_mode.as_deref()),
            tags: self.tags(connection.tags.as_deref()),
            vlan: number(connection.vlan),
            partner_name: first_text([connection.partner_name.as_deref(), connection.provider_name.as_deref()]),
            lag_id: text(connection.lag_id.as_deref()),
            ..bare
        })
    }

    pub(super) fn interconnect(&self, interconnect: &Interconnect) -> Found {
        let id = interconnect.interconnect_id.as_deref().unwrap_or_default();
        let (region, name) = (interconnect.region.as_deref(), interconnect.interconnect_name.as_deref());
        let facts = [("location", interconnect.location.as_deref())];
        let bare = self.listed_here(Kind::Interconnect, (id, region), name, &facts)?;
        let description = ItemDescription {
            name: text(name),
            arn: Some(self.regional_arn("dxcon", id, region, None)),
            location: text(interconnect.location.as_deref()),
            device: device(
                interconnect.aws_logical_device_id.as_deref(),
                interconnect.aws_device_v2.as_deref(),
                interconnect.aws_device.as_deref(),
            ),
            physical_device: text(interconnect.aws_device_v2.as_deref()),
            bandwidth: text(interconnect.bandwidth.as_deref()),
            encryption_mode: text(interconnect.encryption_mode.as_deref()),
            tags: self.tags(interconnect.tags.as_deref()),
            partner_name: text(interconnect.provider_name.as_deref()),
            lag_id: text(interconnect.lag_id.as_deref()),
            ..bare
        };
        let word = interconnect.interconnect_state.as_ref().map(|state| state.as_str());
        Ok(Item { description: description.into(), state: State::of(Kind::Interconnect, word) })
    }

    pub(super) fn lag(&self, lag: &Lag) -> Found {
        let id = lag.lag_id.as_deref().unwrap_or_default();
        let (region, owner) = (lag.region.as_deref(), lag.owner_account.as_deref());
        let facts = [("location", lag.location.as_deref()), ("owner", owner)];
        let bare = self.listed_here(Kind::Lag, (id, region), lag.lag_name.as_deref(), &facts)?;
        let description = ItemDescription {
            name: text(lag.lag_name.as_deref()),
            arn: Some(self.regional_arn("dxlag", id, region, owner)),
            owner_account: text(owner),
            location: text(lag.location.as_deref()),
            device: device(
                lag.aws_logical_device_id.as_deref(),
                lag.aws_device_v2.as_deref(),
                lag.aws_device.as_deref(),
            ),
            physical_device: text(lag.aws_device_v2.as_deref()),
            bandwidth: text(lag.connections_bandwidth.as_deref()),
            minimum_links: number(lag.minimum_links),
            member_connections: members(lag),
            encryption_mode: text(lag.encryption_mode.as_deref()),
            tags: self.tags(lag.tags.as_deref()),
            partner_name: text(lag.provider_name.as_deref()),
            ..bare
        };
        Ok(Item {
            description: description.into(),
            state: State::of(Kind::Lag, lag.lag_state.as_ref().map(|state| state.as_str())),
        })
    }
}

/// The ids of a LAG's members, sorted: AWS's order may change from call to call.
fn members(lag: &Lag) -> Option<Vec<String>> {
    let members = lag.connections.as_deref().unwrap_or_default().iter();
    let mut members: Vec<String> = members.filter_map(|member| text(member.connection_id.as_deref())).collect();
    members.sort_unstable();
    (!members.is_empty()).then_some(members)
}

fn connection_state(kind: Kind, connection: &Connection) -> State {
    State::of(kind, connection.connection_state.as_ref().map(|state| state.as_str()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_directconnect::types::{ConnectionState, InterconnectState, LagState, Tag};
    use insta::assert_json_snapshot;

    use super::{super::origin::tests::at_origin, *};

    #[test]
    fn a_connection_is_described() {
        let connection = Connection::builder()
            .connection_id("dxcon-fg5678gh")
            .connection_name("prod-primary")
            .connection_state(ConnectionState::Available)
            .owner_account("210987654321")
            .region("ap-southeast-2")
            .location("EqSY3")
            .bandwidth("10Gbps")
            .partner_name("")
            .provider_name("Example Carrier")
            .lag_id("dxlag-fgabc12")
            .aws_device("EqSY3-oldest")
            .aws_device_v2("EqSY3-newer")
            .encryption_mode("should_encrypt")
            .tags(Tag::builder().key("env").value("prod").build().unwrap())
            .tags(Tag::builder().key("cost-centre").value("4711").build().unwrap())
            .build();
        let item = at_origin(|origin| origin.connection(&connection)).unwrap();
        assert_eq!(item.state, State::of(Kind::Connection, Some("available")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "connection",
          "id": "dxcon-fg5678gh",
          "name": "prod-primary",
          "arn": "arn:aws:directconnect:ap-southeast-2:210987654321:dxcon/dxcon-fg5678gh",
          "account": "123456789012",
          "region": "ap-southeast-2",
          "ownerAccount": "210987654321",
          "location": "EqSY3",
          "device": "EqSY3-newer",
          "physicalDevice": "EqSY3-newer",
          "bandwidth": "10Gbps",
          "encryptionMode": "should_encrypt",
          "tags": {
            "env": "prod"
          },
          "partnerName": "Example Carrier",
          "lagId": "dxlag-fgabc12"
        }
        "#);
    }

    #[test]
    fn a_hosted_connection_names_its_host() {
        let connection = Connection::builder()
            .connection_id("dxcon-fh000001")
            .connection_state(ConnectionState::Ordering)
            .vlan(101)
            .partner_name("Example Carrier")
            .provider_name("Another Carrier")
            .build();
        let on = |host| at_origin(|origin| origin.hosted_connection(&connection, &host)).unwrap();
        let item = on(Host::Interconnect("dxcon-fginter1".to_owned()));
        assert_eq!(item.state, State::of(Kind::HostedConnection, Some("ordering")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "hosted-connection",
          "id": "dxcon-fh000001",
          "arn": "arn:aws:directconnect:ap-southeast-2:123456789012:dxcon/dxcon-fh000001",
          "account": "123456789012",
          "region": "ap-southeast-2",
          "vlan": 101,
          "partnerName": "Example Carrier",
          "interconnectId": "dxcon-fginter1"
        }
        "#);
        let on_lag = on(Host::Lag("dxlag-fgnni01".to_owned())).description;
        assert_eq!((on_lag.lag_id.as_deref(), on_lag.interconnect_id.as_deref()), (Some("dxlag-fgnni01"), None));
    }

    #[test]
    fn an_interconnect_is_described() {
        let interconnect = Interconnect::builder()
            .interconnect_id("dxcon-fginter3")
            .interconnect_name("nni-3")
            .interconnect_state(InterconnectState::UnknownValue)
            .location("EqSY3")
            .bandwidth("10Gbps")
            .aws_device("EqSY3-oldest")
            .aws_device_v2("EqSY3-newer")
            .aws_logical_device_id("EqSY3-logical")
            .provider_name("Example Carrier")
            .lag_id("dxlag-fgnni01")
            .build();
        let item = at_origin(|origin| origin.interconnect(&interconnect)).unwrap();
        assert_eq!(item.state, State::unknown());
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "interconnect",
          "id": "dxcon-fginter3",
          "name": "nni-3",
          "arn": "arn:aws:directconnect:ap-southeast-2:123456789012:dxcon/dxcon-fginter3",
          "account": "123456789012",
          "region": "ap-southeast-2",
          "location": "EqSY3",
          "device": "EqSY3-logical",
          "physicalDevice": "EqSY3-newer",
          "bandwidth": "10Gbps",
          "partnerName": "Example Carrier",
          "lagId": "dxlag-fgnni01"
        }
        "#);
    }

    #[test]
    fn a_lag_is_described() {
        let lag = Lag::builder()
            .lag_id("dxlag-fgabc12")
            .lag_name("prod-lag")
            .lag_state(LagState::Down)
            .owner_account("123456789012")
            .region("ap-southeast-2")
            .location("EqSY3")
            .connections_bandwidth("100Gbps")
            .aws_device("EqSY3-oldest")
            .minimum_links(2)
            .connections(Connection::builder().connection_id("dxcon-2").build())
            .connections(Connection::builder().connection_id("dxcon-1").build())
            .provider_name("Example Carrier")
            .build();
        let item = at_origin(|origin| origin.lag(&lag)).unwrap();
        assert_eq!(item.state, State::of(Kind::Lag, Some("down")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "lag",
          "id": "dxlag-fgabc12",
          "name": "prod-lag",
          "arn": "arn:aws:directconnect:ap-southeast-2:123456789012:dxlag/dxlag-fgabc12",
          "account": "123456789012",
          "region": "ap-southeast-2",
          "ownerAccount": "123456789012",
          "location": "EqSY3",
          "device": "EqSY3-oldest",
          "bandwidth": "100Gbps",
          "minimumLinks": 2,
          "memberConnections": [
            "dxcon-1",
            "dxcon-2"
          ],
          "partnerName": "Example Carrier"
        }
        "#);
    }

    #[test]
    fn an_unknown_word_is_kept_and_a_row_without_an_id_is_no_item() {
        let connection = Connection::builder().connection_id("dxcon-1").connection_state("quarantined".into()).build();
        let item = at_origin(|origin| origin.connection(&connection)).unwrap();
        assert_eq!((item.state.value(), item.state.is_unrecognized()), ("quarantined", true));
        let nameless = Connection::builder().connection_id(" ").connection_name("prod").location("EqSY3").build();
        let nameless = at_origin(|origin| origin.connection(&nameless)).unwrap_err();
        assert_eq!(nameless, Omission::nameless(Kind::Connection, Some("prod"), &[("location", Some("EqSY3"))]));
    }
}
