//! A simulated cluster, and a driver that treats machines as the real one does.

pub(crate) mod deletion;
mod driver;
pub(crate) mod world;

mod restart;
mod tests;
