//! A simulated cluster, and a driver that treats machines as the real one does.

pub(crate) mod deletion;
pub(crate) mod driver;
mod group;
mod interplay;
pub(crate) mod world;

mod park;
mod pause;
mod restart;
mod tests;
mod unstick;
