//! The engine of the load tester: how much load when ([`curve`]), what users do ([`scenario`]),
//! how they do it ([`user`], [`http`]), and what was measured ([`stats`], [`frame`]).
//!
//! It knows neither files nor clouds. A [`job::Job`] comes in, [`frame::Frame`]s go out.

pub mod clients;
pub mod curve;
pub mod document;
pub mod duration;
pub mod environment;
pub mod frame;
pub mod hatch_rate;
pub mod job;
pub mod listener;
pub mod secret;
pub mod share;
pub mod stats;
pub mod window;
