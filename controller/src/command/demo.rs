//! The sample API behind `--demo`.

use super::Error;
use crate::{
    cli::Select,
    config::Configuration,
    demo_api::{DemoApi, Running},
};

/// Starts the sample API for `--demo`, unless another host is given.
pub(super) fn start_demo(
    select: &Select,
    configuration: &mut Configuration,
) -> Result<Option<Running>, Error> {
    if !select.demo || select.overrides.host().is_some() {
        return Ok(None);
    }
    let demo = DemoApi::spawn().map_err(Error::failed)?;
    configuration.environment.host = Some(format!("http://{}", demo.addr()));
    Ok(Some(demo))
}
