//! A simulated cluster, and a driver that treats machines as the real one does.

pub(crate) mod driver;
mod group;
pub(crate) mod world;

mod tests;
