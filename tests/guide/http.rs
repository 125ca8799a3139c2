//! How requests are made, and a form with a file.

use std::time::Duration;

use engine::{
    http::{HttpSettings, KeepAlive, Part, Proxy, Redirects, Resolve, TlsSettings, Version},
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};

pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([Task::new("show a product", show_a_product)]);
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    Scenario::new([UserClass::new("Seller", tasks).wait_time(wait)]).http(http())
}

fn http() -> HttpSettings {
    let resolve = Resolve::default().with("shop.example.org", "127.0.0.1");
    let tls = TlsSettings::default().authority(include_bytes!("authority.pem"));
    let proxy = Proxy::try_new("http://proxy.example.org:3128").expect("a proxy's URL");
    HttpSettings {
        timeout: Duration::from_secs(10),
        redirects: Redirects::Any,
        version: Version::Http2,
        keep_alive: KeepAlive::WithinIteration,
        resolve: resolve.expect("a host and its address"),
        tls: tls.expect("a certificate"),
        proxy: Some(proxy.except("localhost").except("127.0.0.1")),
        ..HttpSettings::default()
    }
}

async fn show_a_product(user: &mut User) -> TaskResult {
    let lamp = &include_bytes!("lamp.svg")[..];
    let picture = Part::file("picture", "red lamp.svg", lamp).content_type("image/svg+xml");
    let form = [Part::text("title", "A red lamp"), picture];
    user.post("/uploads").multipart(form).send().await?;
    Ok(())
}
