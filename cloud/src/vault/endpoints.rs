//! Where the services are that keep secrets.

use crate::sign::{Service, domain};

/// Where the services are that keep secrets: at AWS, unless somebody says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    secrets_manager: Option<String>,
    parameters: Option<String>,
}

impl Endpoints {
    /// As environment variables say, by the names that AWS's own tools know.
    pub fn of_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let own = |name: &str| set(name).or_else(|| set("AWS_ENDPOINT_URL"));
        Self {
            secrets_manager: own("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
            parameters: own("AWS_ENDPOINT_URL_SSM"),
        }
    }

    /// Where a service is in a region.
    pub(super) fn of(&self, service: Service, region: &str) -> String {
        let elsewhere = match service {
            Service::SecretsManager => self.secrets_manager.as_deref(),
            Service::Parameters => self.parameters.as_deref(),
            Service::Storage => None,
        };
        match elsewhere {
            Some(elsewhere) => format!("{}/", elsewhere.trim_end_matches('/')),
            None => format!("https://{}.{region}.{}/", service.name(), domain(region)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_where_the_variables_say() {
        let of = |set: &'static [(&str, &str)]| {
            let variable = move |name: &str| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let endpoints = Endpoints::of_variables(variable);
            [Service::SecretsManager, Service::Parameters]
                .map(|service| endpoints.of(service, "cn-north-1"))
        };
        let plain = [
            "https://secretsmanager.cn-north-1.amazonaws.com.cn/",
            "https://ssm.cn-north-1.amazonaws.com.cn/",
        ];
        assert_eq!(of(&[("AWS_ENDPOINT_URL", "")]), plain);
        let all = ["http://127.0.0.1:1/", "http://127.0.0.1:1/"];
        assert_eq!(of(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1/")]), all);
        let set =
            &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_ENDPOINT_URL_SSM", "http://[::1]")];
        assert_eq!(of(set), ["http://127.0.0.1:1/", "http://[::1]/"]);
    }
}
