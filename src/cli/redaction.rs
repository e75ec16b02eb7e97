//! The options by which a reading command shows pseudonyms, and the store as it is read with them.

use std::rc::Rc;

use anyhow::{Context, anyhow};
use clap::Args;
use ring::rand::{SecureRandom, SystemRandom};

use super::store::{OfAccount, PlanningStore, Purpose, Source};
use crate::{
    config,
    ports::{History, Windows},
    query::{FoundIncident, Redacted},
    redaction::{Key, Redactor},
    terminal,
};

/// Whether names are shown.
#[derive(Args)]
pub struct Redaction {
    /// Show pseudonyms in place of accounts, ids, names, addresses and locations, to give the output away
    #[arg(long)]
    redact: bool,
    /// What the pseudonyms are made with: with the same key, outputs agree. Better in DX_MONITOR_REDACT_KEY [default: a
    /// new one each time]
    #[arg(long, value_name = "TEXT", requires = "redact")]
    redact_key: Option<String>,
}

/// A key is not printed.
impl std::fmt::Debug for Redaction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Redaction").field("redact", &self.redact).finish_non_exhaustive()
    }
}

/// A store that is read.
pub struct Reading {
    /// What is shown of it.
    pub history: Rc<dyn History>,
    /// What is planned, as it is shown. It is not narrowed to accounts.
    pub windows: Rc<dyn Windows>,
    /// The same history with its own names, to look up what was typed.
    pub unredacted: Rc<dyn History>,
    /// What makes the pseudonyms, if there are any.
    pub redactor: Option<Rc<Redactor>>,
}

impl Reading {
    /// An incident that was looked up, as readers of the history name it.
    pub fn shown_incident(&self, found: &FoundIncident) -> FoundIncident {
        match &self.redactor {
            None => found.clone(),
            Some(redactor) => FoundIncident { scope: redactor.scope(&found.scope), id: redactor.uuid(found.id) },
        }
    }
}

impl Redaction {
    fn redactor(&self) -> anyhow::Result<Option<Rc<Redactor>>> {
        if !self.redact {
            return Ok(None);
        }
        let key = match self.redact_key.clone().or_else(config::redaction_key) {
            Some(text) => Key::of(&text).context("--redact-key or DX_MONITOR_REDACT_KEY cannot be used")?,
            None => {
                let mut bytes = [0; 32];
                SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow!("the system gives no random key"))?;
                terminal::remark(
                    "the pseudonyms are made with a random key, and other outputs will have others: --redact-key makes \
                     them agree",
                );
                Key::of_bytes(&bytes)
            }
        };
        Ok(Some(Rc::new(Redactor::new(key))))
    }

    /// Opens a store for reading, of it the part that belongs to these accounts, and with pseudonyms if they are wanted.
    pub async fn open(&self, source: &Source, accounts: &OfAccount) -> anyhow::Result<Reading> {
        let redactor = self.redactor()?;
        let store: Rc<dyn PlanningStore> = source.open_for(Purpose::Read).await?.into();
        let unredacted = accounts.narrow(Rc::clone(&store)).await?;
        let (history, windows): (Rc<dyn History>, Rc<dyn Windows>) = match &redactor {
            None => (Rc::clone(&unredacted), store),
            Some(redactor) => (
                Rc::new(Redacted::new(Rc::clone(&unredacted), Rc::clone(redactor))),
                Rc::new(Redacted::new(store, Rc::clone(redactor))),
            ),
        };
        Ok(Reading { history, windows, unredacted, redactor })
    }
}
