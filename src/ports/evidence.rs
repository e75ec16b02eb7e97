//! Evidence of causes: where it is kept, and where the numbers come from that can be evidence.

use async_trait::async_trait;

use crate::domain::{Evidence, Sample, Scope, Series, Span};

/// The store of evidence.
#[async_trait(?Send)]
pub trait EvidenceStore {
    /// Keeps evidence that concerns a scope. A repeat changes nothing.
    async fn keep(&self, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()>;

    /// The evidence of a scope that is dated within `span`, ascending, strongly consistent.
    async fn evidence(&self, scope: &Scope, span: Span) -> anyhow::Result<Vec<Evidence>>;
}

/// Where AWS's own metrics are read. It is chosen at run time whether they are.
#[async_trait(?Send)]
pub trait Measurements {
    /// The series that can be evidence, of a connection or LAG and of the virtual interfaces over it, in its region.
    async fn series(&self, region: &str, connection: &str) -> anyhow::Result<Vec<Series>>;

    /// The data points of each of these series, in their order, as CloudWatch has them within `span`: in any order, and
    /// perhaps none.
    async fn samples(&self, region: &str, series: &[Series], span: Span) -> anyhow::Result<Vec<Vec<Sample>>>;
}
