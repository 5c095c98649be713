//! JSON lines in and out: `ruhepol tone` and `ruhepol when`. Their shapes are frozen, other programs read them.

pub mod tone;
pub mod when;
