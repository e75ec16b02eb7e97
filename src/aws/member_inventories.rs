//! Direct Connect of other accounts: an inventory for each, made once and kept from poll to poll.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use super::{direct_connect::DirectConnectInventory, members::MemberRoles};
use crate::domain::{Caller, NoAccess, Timestamp};

/// Of how many accounts inventories are kept at the same time. With more, all are made anew now and then.
const KEPT: usize = 200;

/// The other accounts, as their roles let them be read.
pub struct MemberInventories {
    roles: MemberRoles,
    make: Box<dyn Fn(&super::SdkConfig) -> DirectConnectInventory>,
    made: RefCell<BTreeMap<String, Rc<DirectConnectInventory>>>,
}

impl MemberInventories {
    /// The accounts of these roles. `make` makes an inventory from the configuration of an account's clients.
    pub fn new(
        roles: MemberRoles,
        make: impl Fn(&super::SdkConfig) -> DirectConnectInventory + 'static,
    ) -> MemberInventories {
        MemberInventories { roles, make: Box::new(make), made: RefCell::default() }
    }

    /// The inventory of an account, with credentials of its role.
    ///
    /// # Errors
    ///
    /// The role gave none.
    pub async fn of(
        &self,
        account: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Rc<DirectConnectInventory>, NoAccess> {
        self.roles.enter(account, caller, now).await?;
        let mut made = self.made.borrow_mut();
        if made.len() >= KEPT && !made.contains_key(account) {
            made.clear();
        }
        let make = || Rc::new((self.make)(&self.roles.config_of(account)));
        Ok(Rc::clone(made.entry(account.to_owned()).or_insert_with(make)))
    }

    /// Forgets the credentials of an account: nothing could be read with them.
    pub async fn forget(&self, account: &str) {
        self.roles.forget(account).await;
    }
}
