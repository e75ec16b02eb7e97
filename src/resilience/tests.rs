//! Grades and losses of small estates.

mod comparisons;
mod grades;
mod properties;
mod rig;
mod what_ifs;
