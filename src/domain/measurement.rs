//! Measurements: what CloudWatch holds in AWS's own namespace for Direct Connect, as far as it can be evidence.

use std::collections::BTreeMap;

use super::timestamp::Timestamp;

/// AWS's namespace. The monitor's own metrics are in another.
pub const MEASURED_NAMESPACE: &str = "AWS/DX";

/// The dimension that all of these metrics have.
pub const CONNECTION_ID: &str = "ConnectionId";
const VIRTUAL_INTERFACE_ID: &str = "VirtualInterfaceId";
const LANE: &str = "OpticalLaneNumber";
const FAMILY: &str = "IpAddressFamily";

/// A metric of AWS that can be evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measured {
    /// The light that arrives from the other end of the cable, in dBm. It has one series for each optical lane.
    LightReceived,
    /// The light that AWS sends, in dBm.
    LightSent,
    /// Whether a connection is up: also of one that belongs to another account.
    ConnectionState,
    /// Frames with errors since the last data point.
    Errors,
    /// How many prefixes AWS has accepted on a BGP session.
    PrefixesAccepted,
}

impl Measured {
    /// Every metric, the most telling first.
    pub const ALL: [Measured; 5] = [
        Measured::LightReceived,
        Measured::LightSent,
        Measured::ConnectionState,
        Measured::Errors,
        Measured::PrefixesAccepted,
    ];

    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Measured::LightReceived => "ConnectionLightLevelRx",
            Measured::LightSent => "ConnectionLightLevelTx",
            Measured::ConnectionState => "ConnectionState",
            Measured::Errors => "ConnectionErrorCount",
            Measured::PrefixesAccepted => "VirtualInterfaceBgpPrefixesAccepted",
        }
    }

    /// The metric that AWS calls so.
    pub fn named(name: &str) -> Option<Measured> {
        Measured::ALL.into_iter().find(|measured| measured.name() == name)
    }

    /// The statistic to ask for. A data point stands for several samples: an average would hide a short fall.
    pub fn statistic(self) -> &'static str {
        match self {
            Measured::Errors => "Sum",
            _ => "Minimum",
        }
    }
}

/// One series of a metric, with all of its dimensions: CloudWatch answers only to exactly these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// The metric.
    pub measured: Measured,
    /// Its dimensions, by name.
    pub dimensions: BTreeMap<String, String>,
}

impl Series {
    /// The connection or LAG that it is about, or that its virtual interface runs over.
    pub fn connection(&self) -> Option<&str> {
        self.dimension(CONNECTION_ID)
    }

    /// The virtual interface that it is about.
    pub fn interface(&self) -> Option<&str> {
        self.dimension(VIRTUAL_INTERFACE_ID)
    }

    /// The optical lane that it is about.
    pub fn lane(&self) -> Option<&str> {
        self.dimension(LANE)
    }

    /// The address family that it is about.
    pub fn family(&self) -> Option<&str> {
        self.dimension(FAMILY)
    }

    fn dimension(&self, name: &str) -> Option<&str> {
        self.dimensions.get(name).map(String::as_str)
    }
}

/// One data point of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The beginning of its period.
    pub at: Timestamp,
    /// Its value. It may be anything that a floating point number can be.
    pub value: f64,
}
