//! The signature of a request, as AWS wants it.

use std::{str, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4::SigningParams,
};
use bytes::Bytes;
use http::Request;

/// Who is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    Storage,
    SecretsManager,
    Parameters,
}

impl Service {
    /// As it is called in signatures and addresses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Storage => "s3",
            Self::SecretsManager => "secretsmanager",
            Self::Parameters => "ssm",
        }
    }

    /// S3 takes paths as they are, and wants the checksum of the body.
    fn settings(self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self == Self::Storage {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        settings
    }
}

/// The domain of a region's services.
pub(crate) fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// Signs for a service in a region.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    service: Service,
    region: String,
}

impl Signer {
    pub(crate) fn new(service: Service, region: &str) -> Self {
        Self { service, region: region.to_owned() }
    }

    pub(crate) fn sign(
        &self,
        request: &mut Request<Bytes>,
        credentials: Credentials,
        now: SystemTime,
    ) -> Result<(), String> {
        let identity = credentials.into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service.name())
            .time(now)
            .settings(self.service.settings())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| {
            (name.as_str(), str::from_utf8(value.as_bytes()).unwrap_or_default())
        });
        let uri = request.uri().to_string();
        let body = SignableBody::Bytes(request.body());
        let signed = SignableRequest::new(request.method().as_str(), uri, headers, body)
            .and_then(|request| sign(request, &params))
            .map_err(|error| error.to_string())?;
        signed.into_parts().0.apply_to_request_http1x(request);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// 2013-05-24T00:00:00Z, the key and the requests of AWS's examples in "Authenticating
    /// Requests: Using the Authorization Header".
    const EXAMPLE: Duration = Duration::from_hours(24 * 15_849);

    fn signed(mut request: Request<Bytes>) -> Request<Bytes> {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let credentials = Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", secret, None);
        let now = SystemTime::UNIX_EPOCH + EXAMPLE;
        Signer::new(Service::Storage, "us-east-1").sign(&mut request, credentials, now).unwrap();
        request
    }

    fn header<'a>(request: &'a Request<Bytes>, name: &str) -> &'a str {
        request.headers()[name].to_str().unwrap()
    }

    #[test]
    fn a_read_is_signed_as_in_the_manual() {
        let request = Request::get("https://examplebucket.s3.amazonaws.com/test.txt");
        let request = signed(request.header("range", "bytes=0-9").body(Bytes::new()).unwrap());
        assert_eq!(
            header(&request, "authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        assert_eq!(header(&request, "x-amz-date"), "20130524T000000Z");
    }

    #[test]
    fn a_write_is_signed_as_in_the_manual() {
        let request = Request::put("https://examplebucket.s3.amazonaws.com/test%24file.text")
            .header("date", "Fri, 24 May 2013 00:00:00 GMT")
            .header("x-amz-storage-class", "REDUCED_REDUNDANCY")
            .body("Welcome to Amazon S3.".into());
        let request = signed(request.unwrap());
        assert_eq!(
            header(&request, "x-amz-content-sha256"),
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
        );
        let signature = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
        assert!(header(&request, "authorization").ends_with(signature));
    }
}
