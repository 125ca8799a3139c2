//! Where objects are found.

use std::fmt::Write as _;

use http::Uri;

use super::StoreError;
use crate::sign::domain;

/// The address of a bucket, ending in a slash.
#[derive(Clone, Debug)]
pub(super) struct Address(String);

impl Address {
    pub(super) fn new(
        bucket: &str,
        region: &str,
        endpoint: Option<&str>,
    ) -> Result<Self, StoreError> {
        let address = match endpoint {
            Some(endpoint) => format!("{}/{}/", endpoint.trim_end_matches('/'), encoded(bucket)),
            None => format!("https://{bucket}.s3.{region}.{}/", domain(region)),
        };
        let uri: Uri = address.parse().map_err(|_| StoreError::Address(address.clone()))?;
        let usable = matches!(uri.scheme_str(), Some("http" | "https"));
        let usable = usable && uri.authority().is_some() && uri.query().is_none();
        if usable { Ok(Self(address)) } else { Err(StoreError::Address(address)) }
    }

    pub(super) fn of(&self, key: &str) -> Result<Uri, StoreError> {
        let address = format!("{}{}", self.0, encoded(key));
        address.parse().map_err(|_| StoreError::Address(address))
    }
}

/// As S3 encodes keys: everything but letters, digits, `-`, `_`, `.`, `~` and the slash.
fn encoded(key: &str) -> String {
    key.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(byte.into());
        } else {
            write!(encoded, "%{byte:02X}").expect("memory takes everything");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(region: &str, endpoint: Option<&str>, key: &str) -> String {
        Address::new("tests", region, endpoint).unwrap().of(key).unwrap().to_string()
    }

    #[test]
    fn a_bucket_is_a_host_of_its_region() {
        let key = "runs/a b:1/ü";
        let expected = "https://tests.s3.eu-west-1.amazonaws.com/runs/a%20b%3A1/%C3%BC";
        assert_eq!(uri("eu-west-1", None, key), expected);
        assert_eq!(uri("cn-north-1", None, "a"), "https://tests.s3.cn-north-1.amazonaws.com.cn/a");
    }

    #[test]
    fn a_bucket_is_a_folder_of_an_endpoint() {
        for endpoint in ["http://127.0.0.1:9000", "http://127.0.0.1:9000/"] {
            let expected = "http://127.0.0.1:9000/tests/a/b";
            assert_eq!(uri("eu-west-1", Some(endpoint), "a/b"), expected);
        }
    }

    #[test]
    fn what_makes_no_address_is_refused() {
        for (bucket, endpoint) in
            [("a b", None), ("a", Some("127.0.0.1:9000")), ("a", Some("ftp://a")), ("a/b?c", None)]
        {
            let refused = Address::new(bucket, "eu-west-1", endpoint);
            assert!(matches!(refused, Err(StoreError::Address(_))), "{bucket} {endpoint:?}");
        }
    }
}
