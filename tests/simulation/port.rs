//! A poll's access to the world, with the one fault point that every call of every port passes.

use std::{rc::Rc, time::Duration};

use aws_dx_monitor::domain::Timestamp;

use super::{
    executor::{Fate, Gate},
    world::{Inner, World},
};

/// A poll's way into the world; every call of every port passes here.
#[derive(Clone)]
pub struct Port {
    pub world: Rc<World>,
    pub poll: usize,
    pub poller: usize,
}

impl Port {
    pub fn now(&self) -> Timestamp {
        let inner = self.world.inner.borrow();
        Timestamp::from_milliseconds(inner.now + inner.skews.get(&self.poller).copied().unwrap_or(0))
    }

    /// The one fault point.
    pub async fn fate(&self, port: &'static str, detail: String) -> Fate {
        if self.world.is_direct {
            return Fate::Succeed;
        }
        let due = {
            let inner = &mut *self.world.inner.borrow_mut();
            inner.now.saturating_add((inner.latency)(port))
        };
        Gate::new(&self.world, self.poll, port, detail, (due, false)).await
    }

    pub async fn sleep(&self, duration: Duration) {
        let due = self.world.inner.borrow().now + i64::try_from(duration.as_millis()).expect("a short sleep");
        Gate::new(&self.world, self.poll, "clock.sleep", String::new(), (due, true)).await;
    }

    /// A call that is one effect, wholly or not at all.
    pub async fn call<T>(
        &self,
        port: &'static str,
        detail: String,
        effect: impl FnOnce(&mut Inner) -> T,
    ) -> anyhow::Result<T> {
        let fate = self.fate(port, detail).await;
        let effect = || effect(&mut self.world.inner.borrow_mut());
        match fate {
            Fate::Succeed | Fate::Partial => Ok(effect()),
            Fate::Fail | Fate::DieBefore => anyhow::bail!("{port}: simulated failure"),
            Fate::LoseAnswer => {
                effect();
                anyhow::bail!("{port}: simulated loss of the answer")
            }
            Fate::DieAfter => {
                effect();
                std::future::pending().await
            }
        }
    }
}
