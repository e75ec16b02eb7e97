//! MACsec of a port, as an item of its own beside the connection, interconnect or LAG: traffic that flows unencrypted
//! is an event, and the port's own state does not show it.

use std::sync::Arc;

use aws_sdk_directconnect::types::Lag;

use crate::domain::{Health, Item, ItemDescription, Kind, State};

use super::origin::Origin;

/// AWS's word for a port whose encryption works.
const ENCRYPTION_UP: &str = "Encryption Up";

impl Origin<'_> {
    /// The encryption of a port, from AWS's `status`; none for a port that is not set to encrypt, or that is being
    /// removed.
    ///
    /// For a port that cannot encrypt at all, AWS gives the mode `unknown` and no status.
    pub(super) fn port_encryption(&self, port: &Item, status: Option<&str>) -> Option<Item> {
        let status = status.filter(|status| !status.is_empty());
        let encrypts = match port.description.encryption_mode.as_deref() {
            Some("no_encrypt") => false,
            None | Some("unknown") => status.is_some(),
            Some(_) => true,
        };
        if !encrypts || port.state.health() == Health::Removed {
            return None;
        }
        let known = &port.description;
        let mut description = ItemDescription {
            name: known.name.clone(),
            owner_account: known.owner_account.clone(),
            location: known.location.clone(),
            device: known.device.clone(),
            physical_device: known.physical_device.clone(),
            encryption_mode: known.encryption_mode.clone(),
            tags: known.tags.clone(),
            partner_name: known.partner_name.clone(),
            lag_id: known.lag_id.clone(),
            ..self.bare(Kind::PortEncryption, &known.id)?
        };
        let id = Some(known.id.clone());
        match known.kind {
            Kind::Interconnect => description.interconnect_id = id,
            Kind::Lag => description.lag_id = id,
            _ => description.connection_id = id,
        }
        Some(Item { description: Arc::new(description), state: State::of_port_encryption(status) })
    }
}

/// The status of a LAG's encryption. AWS gives one for each member only: the LAG's is up while all of them are, as in
/// AWS's own metric `ConnectionEncryptionState`.
pub(super) fn encryption_status(lag: &Lag) -> Option<&str> {
    let members = lag.connections.as_deref().unwrap_or_default().iter();
    let statuses =
        members.filter_map(|member| member.port_encryption_status.as_deref()).filter(|word| !word.is_empty());
    statuses.reduce(|worst, status| if worst == ENCRYPTION_UP { status } else { worst })
}

#[cfg(test)]
mod tests {
    use aws_sdk_directconnect::types::{Connection, ConnectionState, Interconnect, LagState};
    use insta::assert_json_snapshot;

    use super::{super::origin::tests::at_origin, *};

    fn port(mode: Option<&str>, state: ConnectionState) -> Item {
        let port = Connection::builder()
            .connection_id("dxcon-1")
            .connection_name("prod")
            .connection_state(state)
            .lag_id("dxlag-1")
            .location("EqSY3")
            .aws_device_v2("EqSY3-physical")
            .aws_logical_device_id("EqSY3-logical")
            .set_encryption_mode(mode.map(str::to_owned))
            .build();
        at_origin(|origin| origin.connection(&port)).unwrap()
    }

    fn state(mode: Option<&str>, status: Option<&str>) -> Option<String> {
        let port = port(mode, ConnectionState::Available);
        at_origin(|origin| origin.port_encryption(&port, status)).map(|item| item.state.to_string())
    }

    #[test]
    fn a_port_has_an_encryption_where_it_is_set_to_encrypt() {
        let port = port(Some("must_encrypt"), ConnectionState::Available);
        let item = at_origin(|origin| origin.port_encryption(&port, Some("Encryption Down"))).unwrap();
        assert_eq!(item.state, State::of(Kind::PortEncryption, Some("down")));
        assert_json_snapshot!(item.description, @r#"
        {
          "kind": "port-encryption",
          "id": "dxcon-1",
          "name": "prod",
          "account": "123456789012",
          "region": "ap-southeast-2",
          "location": "EqSY3",
          "device": "EqSY3-logical",
          "physicalDevice": "EqSY3-physical",
          "encryptionMode": "must_encrypt",
          "lagId": "dxlag-1",
          "connectionId": "dxcon-1"
        }
        "#);
        assert_eq!(state(Some("should_encrypt"), Some("Encryption Up")).as_deref(), Some("up"));
        assert_eq!(state(Some("must_encrypt"), None).as_deref(), Some("unknown"));
        assert_eq!(state(Some("may_encrypt"), Some("Encryption Down")).as_deref(), Some("down"), "a new mode");
    }

    #[test]
    fn a_port_that_cannot_encrypt_or_is_going_has_none() {
        assert_eq!(state(Some("no_encrypt"), Some("Encryption Down")), None);
        for unsaid in [None, Some(""), Some("unknown")] {
            assert_eq!(state(unsaid, None), None, "{unsaid:?}");
            assert_eq!(state(unsaid, Some("")), None, "{unsaid:?}");
        }
        assert_eq!(state(Some("unknown"), Some("Encryption Up")).as_deref(), Some("up"));
        for going in [ConnectionState::Deleting, ConnectionState::Deleted, ConnectionState::Rejected] {
            let port = port(Some("must_encrypt"), going);
            assert_eq!(at_origin(|origin| origin.port_encryption(&port, Some("Encryption Down"))), None);
        }
    }

    #[test]
    fn a_lag_is_encrypted_while_all_of_its_members_are() {
        let lag = |statuses: &[&str]| {
            let members = statuses.iter().map(|status| Connection::builder().port_encryption_status(*status).build());
            let lag = Lag::builder().lag_id("dxlag-1").lag_state(LagState::Available).encryption_mode("must_encrypt");
            lag.set_connections(Some(members.collect())).build()
        };
        let status = |statuses: &[&str]| encryption_status(&lag(statuses)).map(str::to_owned);
        assert_eq!(status(&["Encryption Up", "Encryption Up"]).as_deref(), Some("Encryption Up"));
        assert_eq!(status(&["Encryption Up", "Encryption Down", "Encryption Up"]).as_deref(), Some("Encryption Down"));
        assert_eq!(status(&["", "Encryption Up"]).as_deref(), Some("Encryption Up"));
        assert_eq!(status(&[]), None);

        let port = at_origin(|origin| origin.lag(&lag(&[]))).unwrap();
        let item = at_origin(|origin| origin.port_encryption(&port, None)).unwrap();
        assert_eq!(
            (item.description.lag_id.as_deref(), item.description.connection_id.as_deref()),
            (Some("dxlag-1"), None)
        );
    }

    #[test]
    fn an_interconnects_encryption_names_the_interconnect() {
        let interconnect =
            Interconnect::builder().interconnect_id("dxcon-i1").encryption_mode("should_encrypt").build();
        let port = at_origin(|origin| origin.interconnect(&interconnect)).unwrap();
        let item = at_origin(|origin| origin.port_encryption(&port, Some("Encryption Up"))).unwrap();
        assert_eq!(item.description.interconnect_id.as_deref(), Some("dxcon-i1"));
    }
}
