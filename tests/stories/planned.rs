//! What is planned, who is on it and who did it: what people read of an incident when they know the circumstances. Start
//! with `work`.

mod evidence;
mod reading;
mod report;
mod rig;
mod silences;
mod work;
