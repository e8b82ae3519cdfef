//! Groups against simulated clusters: see the tests of the simulation.
