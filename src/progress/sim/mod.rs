//! A simulated cluster, and a driver that treats machines as the real one does.

pub(crate) mod driver;
pub(crate) mod world;

mod park;
mod pause;
mod tests;
mod unstick;
