//! Cuts a list into batches that exceed neither the items nor the bytes that a service accepts in one request.

/// Cuts `items`, in order, into batches of at most `maximum_items` whose sizes add up to at most `maximum_bytes`. An item
/// that is larger than that gets a batch of its own, and the service decides on it.
pub(super) fn batches<T>(
    items: &[T],
    maximum_items: usize,
    maximum_bytes: usize,
    size: impl Fn(&T) -> usize,
) -> Vec<&[T]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0_usize);
    for (index, item) in items.iter().enumerate() {
        let size = size(item);
        if index > start && (index - start >= maximum_items || bytes.saturating_add(size) > maximum_bytes) {
            batches.push(&items[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes = bytes.saturating_add(size);
    }
    if start < items.len() {
        batches.push(&items[start..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_batch_is_full_before_the_next_begins() {
        assert_eq!(batches(&[1; 5], 2, 100, |size| *size), [&[1, 1][..], &[1, 1], &[1]]);
        assert_eq!(batches(&[3, 3, 4, 3], 9, 10, |size| *size), [&[3, 3, 4][..], &[3]]);
        assert_eq!(batches(&[1, 50, 1], 9, 10, |size| *size), [&[1][..], &[50], &[1]]);
        assert!(batches(&[0; 0], 9, 10, |size| *size).is_empty());
    }

    proptest! {
        #[test]
        fn no_batch_exceeds_a_limit_and_none_is_cut_too_early(
            sizes in prop::collection::vec(0_usize..400, 0..200),
            maximum_items in 1_usize..20,
            maximum_bytes in 1_usize..1_000,
        ) {
            let cut = batches(&sizes, maximum_items, maximum_bytes, |size| *size);
            prop_assert_eq!(&cut.concat(), &sizes);
            for batch in &cut {
                prop_assert!(!batch.is_empty() && batch.len() <= maximum_items);
                prop_assert!(batch.len() == 1 || batch.iter().sum::<usize>() <= maximum_bytes);
            }
            for pair in cut.windows(2) {
                let with_next = pair[0].iter().sum::<usize>() + pair[1][0];
                prop_assert!(pair[0].len() == maximum_items || with_next > maximum_bytes);
            }
        }
    }
}
