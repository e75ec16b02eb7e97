//! The map of a small estate in all its forms, of any items at all, and of very many.

mod forms;
mod planned;
mod properties;
mod rig;
