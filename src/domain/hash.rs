//! A hash that is the same in every version and on every machine, and easy to implement in any language.

/// The hash function FNV-1a with 32 bits (Fowler, Noll, Vo).
pub fn fnv_1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
