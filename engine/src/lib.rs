//! The engine of the load tester: how much load when ([`load`]), what users do ([`scenario`]),
//! how they do it ([`user`], [`http`]), and what was measured ([`stats`], [`frame`]).
//!
//! It knows neither files nor clouds. A [`job::Job`] comes in, [`frame::Frame`]s go out.

#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "tests compute with small numbers"
    )
)]

pub mod api;
pub mod arrival_rate;
pub mod capture;
pub mod clients;
pub mod curve;
pub mod debug;
pub mod document;
pub mod duration;
pub mod environment;
pub mod expected;
pub mod expression;
pub mod feeder;
pub mod files;
pub mod frame;
pub mod generator;
pub mod hatch_rate;
pub mod http;
pub mod job;
pub mod job_id;
pub mod listener;
pub mod load;
pub mod nesting;
pub mod observer;
pub mod random;
pub mod run;
pub mod scenario;
pub mod secret;
pub mod share;
pub mod sign_in;
pub mod stats;
pub mod template;
pub mod trace;
pub mod user;
pub mod variables;
pub mod wait_time;
pub mod window;
pub mod yaml;
