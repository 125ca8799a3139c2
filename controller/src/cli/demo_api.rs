//! The arguments of `load-test demo-api`.

use clap::Args;

/// Arguments of `demo-api`.
#[derive(Args, Debug)]
#[command(after_help = "\
A small shop that answers on this machine, to try load tests on:
  POST /login            {user, password} -> {token, user}
  GET  /products         a list of {id, name, price}
  GET  /products/{id}    one of them, or 404
  POST /cart             with `Authorization: Bearer TOKEN` -> 201
  GET  /health           {status, version}")]
pub struct DemoApi {
    /// The port to listen on
    #[arg(long, value_name = "N", default_value_t = 8088)]
    pub port: u16,
}
