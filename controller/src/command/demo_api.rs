//! `load-test demo-api`: the sample API alone.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::runtime::Builder;

use super::{Error, print};
use crate::{cli, demo_api::DemoApi, exit_code::ExitCode, interrupt::Interrupts};

pub(super) fn run(arguments: &cli::DemoApi) -> Result<ExitCode, Error> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::failed)?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
        let demo = DemoApi::bind(address).map_err(Error::failed)?;
        let mut interrupts = Interrupts::listen().map_err(Error::failed)?;
        print(&format!(
            "the demo API listens on http://{0}\ncounts of all requests: http://{0}/_stats\n\
             Ctrl-C ends it\n",
            demo.addr()
        ))?;
        demo.serve(async move { interrupts.next().await }).await.map_err(Error::failed)?;
        Ok(ExitCode::PASSED)
    })
}
