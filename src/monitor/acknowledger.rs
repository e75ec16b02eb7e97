//! Moves the cursors of a scope's rows, in as few writes as possible: when several sinks announce an item at the same
//! time, one write acknowledges it for all of them. All rows of a scope have one partition key, which accepts a
//! thousand write units a second.

use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};

use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared, WeakShared},
};
use tokio::sync::Notify;

use crate::{
    domain::{RowPath, SinkName},
    ports::{Clock, Cursors, Ledger},
};

/// How long a sink that has announced an item waits for others that are announcing it: about as long as their calls
/// take. A sink that hangs delays no cursor for longer.
const TOGETHER: Duration = Duration::from_millis(200);

/// Moves cursors.
pub(super) struct Acknowledger<'a, L, C> {
    ledger: &'a L,
    clock: &'a C,
    /// The items that are being announced or acknowledged.
    items: Rc<RefCell<Items<'a>>>,
}

type Items<'a> = HashMap<RowPath, UnderWay<'a>>;

/// The announcing and acknowledging of an item.
#[derive(Default)]
struct UnderWay<'a> {
    /// How many sinks are announcing it.
    announcing: usize,
    /// The cursors that the next write moves, and where to.
    cursors: Cursors,
    /// That write, once a sink has asked for it. Only the futures that wait for it keep it alive.
    writing: Option<WeakShared<Writing<'a>>>,
    /// Notified when the last of the sinks has an answer.
    all_through: Rc<Notify>,
}

/// A write, whose result is shared by all sinks in it.
type Writing<'a> = LocalBoxFuture<'a, Result<(), Rc<anyhow::Error>>>;

/// Marks items as being announced by a sink, until it is dropped.
pub(super) struct Announcing<'a, 's> {
    items: Vec<RowPath>,
    all: &'s RefCell<Items<'a>>,
}

impl Drop for Announcing<'_, '_> {
    fn drop(&mut self) {
        let mut all = self.all.borrow_mut();
        for item in &self.items {
            let Some(under_way) = all.get_mut(item) else { continue };
            under_way.announcing -= 1;
            if under_way.announcing == 0 {
                under_way.all_through.notify_waiters();
                if under_way.cursors.is_empty() {
                    all.remove(item);
                }
            }
        }
    }
}

impl<'a, L: Ledger, C: Clock> Acknowledger<'a, L, C> {
    pub(super) fn new(ledger: &'a L, clock: &'a C) -> Acknowledger<'a, L, C> {
        Acknowledger { ledger, clock, items: Rc::default() }
    }

    /// Marks items as being announced by a sink.
    pub(super) fn announcing(&self, items: impl Iterator<Item = RowPath>) -> Announcing<'a, '_> {
        let items: Vec<RowPath> = items.collect();
        let mut all = self.items.borrow_mut();
        for item in &items {
            all.entry(item.clone()).or_default().announcing += 1;
        }
        Announcing { items, all: &self.items }
    }

    /// Moves a sink's cursor on an item forward, together with those of the sinks that are about to have an answer.
    pub(super) async fn acknowledge(
        &self,
        item: &RowPath,
        sink: SinkName,
        sequence: u64,
    ) -> Result<(), Rc<anyhow::Error>> {
        self.writing(item, sink, sequence).await
    }

    /// The write that moves a cursor: the one that has not begun yet, or a new one.
    fn writing(&self, item: &RowPath, sink: SinkName, sequence: u64) -> Shared<Writing<'a>> {
        let mut all = self.items.borrow_mut();
        let under_way = all.entry(item.clone()).or_default();
        under_way.cursors.insert(sink, sequence);
        if let Some(writing) = under_way.writing.as_ref().and_then(WeakShared::upgrade) {
            return writing;
        }
        let writing = self.write(item.clone()).boxed_local().shared();
        under_way.writing = writing.downgrade();
        writing
    }

    /// Writes an item's cursors, once no other sink is announcing it, or after [`TOGETHER`].
    fn write(&self, item: RowPath) -> impl Future<Output = Result<(), Rc<anyhow::Error>>> + use<'a, L, C> {
        let (ledger, clock, all) = (self.ledger, self.clock, Rc::clone(&self.items));
        async move {
            let others = others(&all.borrow(), &item);
            if let Some(all_through) = others {
                clock.within(TOGETHER, all_through.notified()).await;
            }
            let cursors = take_cursors(&mut all.borrow_mut(), &item);
            ledger.acknowledge(&item, &cursors).await.map_err(Rc::new)
        }
    }
}

/// The notification that no sink is announcing the item any more; none if none is.
fn others(items: &Items<'_>, item: &RowPath) -> Option<Rc<Notify>> {
    let under_way = items.get(item).filter(|under_way| under_way.announcing > 0);
    under_way.map(|under_way| Rc::clone(&under_way.all_through))
}

/// Takes the cursors of an item for a write. Sinks that finish from now on are in the next write.
fn take_cursors(items: &mut Items<'_>, item: &RowPath) -> Cursors {
    let Some(under_way) = items.get_mut(item) else { return Cursors::new() };
    under_way.writing = None;
    let cursors = std::mem::take(&mut under_way.cursors);
    if under_way.announcing == 0 {
        items.remove(item);
    }
    cursors
}
