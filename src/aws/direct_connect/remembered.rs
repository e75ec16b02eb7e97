//! A region's list that the global scope needs too, read once for both.
//!
//! The ends that may be joined to other accounts' gateways are known from lists of the regions, which every poll reads
//! for the regions' own kinds. A region's list is remembered as it was last read completely, and the global scope uses
//! that. It only takes from it which ends to ask for, so a list of the previous poll will do. If a region's own scope
//! does not read the list, or has not yet, the global scope reads it itself.

use std::sync::{Arc, Mutex, PoisonError};

use super::failure::{Failed, Listed};

/// How many observations of the global scope may use a remembered list: that of the same poll, and that of the next
/// poll, which may begin before the region's.
const USES: u32 = 2;

/// The content of a list when it was last read completely.
#[derive(Debug)]
pub(super) struct Remembered<T> {
    last: Mutex<Option<Last<T>>>,
    /// Held while the list is read, so that others that need it wait instead of reading it again.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Last<T> {
    content: Arc<T>,
    uses: u32,
}

impl<T> Remembered<T> {
    pub(super) fn new() -> Remembered<T> {
        Remembered { last: Mutex::new(None), reading: tokio::sync::Mutex::new(()) }
    }

    /// Reads the list for the region's own kinds, and remembers its `content`.
    pub(super) async fn read<U>(
        &self,
        list: impl Future<Output = Listed<U>>,
        content: impl FnOnce(&[U]) -> T,
    ) -> Listed<U> {
        // A read for the global scope may have begun before this observation, so it is neither waited for nor used.
        let _reading = self.reading.try_lock();
        let listing = list.await;
        // Only the global scope needs the content.
        let _ = self.remember(&listing, content);
        listing
    }

    /// The remembered content, for the global scope. Reads `list` if nothing is remembered or it is too old.
    ///
    /// # Errors
    ///
    /// Nothing is remembered, and the list could not be read completely; the error has the reason.
    pub(super) async fn recall<U>(
        &self,
        list: impl Future<Output = Listed<U>>,
        content: impl FnOnce(&[U]) -> T,
    ) -> Result<Arc<T>, Failed> {
        if let Some(content) = self.usable() {
            return Ok(content);
        }
        let _reading = self.reading.lock().await;
        if let Some(content) = self.usable() {
            return Ok(content);
        }
        let listing = list.await;
        let content = self.remember(&listing, content)?;
        self.usable();
        Ok(content)
    }

    /// A list that was not read completely does not replace one that was.
    fn remember<U>(&self, listing: &Listed<U>, content: impl FnOnce(&[U]) -> T) -> Result<Arc<T>, Failed> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match (&listing.failure, last.as_mut()) {
            (None, _) => {
                let content = Arc::new(content(&listing.items));
                *last = Some(Last { content: Arc::clone(&content), uses: 0 });
                Ok(content)
            }
            (Some(_), Some(last)) => {
                last.uses = 0;
                Ok(Arc::clone(&last.content))
            }
            (Some(failure), None) => Err(failure.clone()),
        }
    }

    fn usable(&self) -> Option<Arc<T>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.as_mut().filter(|last| last.uses < USES)?;
        last.uses += 1;
        Some(Arc::clone(&last.content))
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures::{executor::block_on, future::select, pin_mut};

    use super::*;
    use crate::aws::{
        direct_connect::paging::{Cause, Listing, ListingFailure},
        failure::CallFailure,
    };

    fn whole(items: &[u32]) -> Listed<u32> {
        Listing { items: items.to_vec(), failure: None }
    }

    fn failed() -> Listed<u32> {
        let failure = ListingFailure { page: 1, cause: Cause::Call(CallFailure::unanswered("no answer")) };
        Listing { items: vec![9], failure: Some(failure) }
    }

    fn sum(items: &[u32]) -> u32 {
        items.iter().sum()
    }

    /// The result for the global scope, which would read `list` itself if need be.
    fn recalled(remembered: &Remembered<u32>, list: Listed<u32>) -> Result<u32, String> {
        block_on(remembered.recall(ready(list), sum)).map(|content| *content).map_err(|failure| failure.to_string())
    }

    fn read(remembered: &Remembered<u32>, list: Listed<u32>) {
        block_on(remembered.read(ready(list), sum));
    }

    #[test]
    fn what_a_region_read_serves_this_observation_and_the_next() {
        let remembered = Remembered::new();
        read(&remembered, whole(&[1, 2]));
        assert_eq!(recalled(&remembered, whole(&[7])), Ok(3));
        assert_eq!(recalled(&remembered, whole(&[7])), Ok(3));
        assert_eq!(recalled(&remembered, whole(&[7])), Ok(7), "the region's own scope does not read it any more");
        assert_eq!(recalled(&remembered, whole(&[8])), Ok(7));
        assert_eq!(recalled(&remembered, whole(&[8])), Ok(8));
    }

    #[test]
    fn a_list_that_fails_leaves_what_is_known() {
        let remembered = Remembered::new();
        assert_eq!(recalled(&remembered, failed()), Err("page 1: no answer".to_owned()));
        read(&remembered, failed());
        assert_eq!(recalled(&remembered, failed()), Err("page 1: no answer".to_owned()), "half a list is none");
        read(&remembered, whole(&[1]));
        for _ in 0..5 {
            read(&remembered, failed());
            assert_eq!(recalled(&remembered, whole(&[7])), Ok(1), "it is not read again while its region tries");
        }
        for _ in 0..5 {
            assert_eq!(recalled(&remembered, failed()), Ok(1));
        }
    }

    #[test]
    fn a_list_that_is_being_read_is_waited_for() {
        let remembered = Remembered::new();
        let (answer, answered) = futures::channel::oneshot::channel();
        let region = remembered.read(async { answered.await.unwrap() }, sum);
        let global = remembered.recall(pending(), sum);
        block_on(async {
            pin_mut!(region, global);
            assert!(futures::poll!(&mut region).is_pending());
            assert!(futures::poll!(&mut global).is_pending());
            answer.send(whole(&[4])).unwrap();
            select(region, &mut global).await;
            assert_eq!(global.await.map(|content| *content), Ok(4));
        });
    }
}
