//! AWS's side of the wire: a Direct Connect endpoint on loopback that plays a scenario.
//!
//! AWS has no sandbox for Direct Connect. This one speaks the real protocol (`awsJson1.1`) for every Describe and List
//! operation that a monitor needs, so that the AWS CLI, any SDK, or this program can be pointed at it. It imports
//! nothing from the rest of the crate: its knowledge of Direct Connect comes from AWS's documentation alone, so that it
//! can contradict ours. It also answers `sts:GetCallerIdentity`, so that `AWS_ENDPOINT_URL` alone is enough for a
//! program that asks for its account; `sts:AssumeRole`, so that one endpoint plays many accounts; and the lists of AWS
//! Organizations.
//!
//! Read in this order: [`Scenario`] (the file), `inventory` and `timeline` (what there is, what happens),
//! [`world_at`] (what there is at a moment), `describe` (what a call lists of it), `stage` (one request, one reply),
//! `server` (sockets).
//!
//! ```
//! use aws_dx_monitor::simulator::{Scenario, Simulator};
//! use std::time::Duration;
//!
//! let simulator = Simulator::start(Scenario::builtin(), 0)?;
//! println!("aws directconnect describe-connections --region us-east-1 --endpoint-url {}", simulator.endpoint_url());
//! simulator.set_elapsed(Duration::from_secs(600));
//! # Ok::<(), anyhow::Error>(())
//! ```

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

mod describe;
mod error;
mod fault;
mod global;
mod identity;
mod inventory;
mod item;
mod loading;
mod logical;
mod member;
mod operation;
mod organization;
mod page;
mod physical;
mod request;
mod scenario;
mod server;
mod stage;
mod timeline;
mod traffic;
mod validation;
mod world;

pub use fault::{Fault, FaultKind};
pub use global::{
    AssociatedCoreNetwork, AssociatedGateway, DirectConnectGateway, GatewayAssociation, GatewayAssociationProposal,
    GatewayAttachment, ResiliencyGroup,
};
pub use inventory::{GlobalInventory, Inventory, RegionalInventory};
pub use logical::{AsPathSegment, BgpPeer, Route, RouteFilterPrefix, VirtualGateway, VirtualInterface};
pub use member::{MemberAccount, MemberAccounts, Organization, Role, RoleAnswer};
pub use operation::Operation;
pub use physical::{Connection, Interconnect, Lag, MacSecKey, RateLimiterStatus, Tag};
pub use scenario::{LARGEST_PAGE, Mistake, Scenario, ScenarioError};
pub use timeline::TimelineEntry;
pub use traffic::Traffic;
pub use world::world_at;

/// A running simulated Direct Connect. It stops when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    stage: Arc<stage::Stage>,
    server: server::Server,
}

impl Simulator {
    /// Starts to play `scenario` on 127.0.0.1 and this port (0: any free one), in real time from now.
    pub fn start(scenario: Scenario, port: u16) -> anyhow::Result<Simulator> {
        let stage = Arc::new(stage::Stage::new(scenario)?);
        let server = server::Server::start(Arc::clone(&stage), port)
            .with_context(|| format!("cannot serve a simulated Direct Connect on 127.0.0.1:{port}"))?;
        Ok(Simulator { stage, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it listens, as an endpoint URL for clients.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// How far the scenario has been played.
    pub fn elapsed(&self) -> Duration {
        self.stage.elapsed()
    }

    /// Stops the clock and sets it by hand, forward or back. From now on it moves only by this call.
    pub fn set_elapsed(&self, elapsed: Duration) {
        self.stage.set_elapsed(elapsed);
    }

    /// The scenario as it is now.
    pub fn scenario(&self) -> Arc<Scenario> {
        self.stage.scenario()
    }

    /// What there is at this moment of the scenario.
    pub fn inventory(&self) -> Arc<Inventory> {
        self.stage.inventory()
    }

    /// Changes the scenario while it is being played. The timeline is applied anew to the changed inventory up to this
    /// moment; the counts of faults that changed start at zero. A change that makes the scenario invalid is refused. An
    /// edit may ask the simulator, but not edit it again.
    pub fn edit<R>(&self, edit: impl FnOnce(&mut Scenario) -> R) -> Result<R, ScenarioError> {
        self.stage.edit(edit)
    }

    /// The calls that it has received so far.
    pub fn traffic(&self) -> Traffic {
        self.stage.traffic()
    }

    /// Starts the counts again at zero.
    pub fn reset_traffic(&self) {
        self.stage.reset_traffic();
    }

    /// Stops; returns once the port is free again. Dropping does the same.
    pub fn stop(self) {}
}
