//! Signatures of AWS, version 4.

use std::{env, str, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4::SigningParams,
};
use http::{
    HeaderName, HeaderValue,
    header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
};

use super::{Credential, Proof, template};
use crate::{
    http::{Request, Target},
    scenario::TaskError,
    secret::is_secret_name,
    template::Template,
    user::User,
};

/// What requests are signed for, and with which keys.
pub struct Aws {
    /// The service, such as `execute-api`.
    pub(crate) service: Template,
    /// The region.
    pub(crate) region: Template,
    /// The keys; those in the generator's environment variables if there are none.
    pub(crate) keys: Option<Keys>,
}

/// An access key.
pub(crate) struct Keys {
    pub(crate) id: Template,
    pub(crate) secret: Template,
    pub(crate) session_token: Option<Template>,
}

impl Aws {
    /// Signs for a service in a region, with the keys in the generator's environment variables:
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
    ///
    /// # Panics
    ///
    /// If a text is no template.
    pub fn new(service: &str, region: &str) -> Self {
        Self { service: template(service), region: template(region), keys: None }
    }

    /// The same with keys of its own.
    ///
    /// # Panics
    ///
    /// If a text is no template.
    #[must_use]
    pub fn keys(mut self, id: &str, secret: &str, session_token: Option<&str>) -> Self {
        let session_token = session_token.map(template);
        self.keys = Some(Keys { id: template(id), secret: template(secret), session_token });
        self
    }

    pub(super) fn credential(&self, user: &mut User) -> Result<Credential, TaskError> {
        let mut scope = user.scope();
        let mut text =
            |template: &Template| template.render(&mut scope).map(std::borrow::Cow::into_owned);
        let (service, region) = (text(&self.service)?, text(&self.region)?);
        let (id, secret, token) = match &self.keys {
            None => environment_keys()?,
            Some(keys) => {
                let token = keys.session_token.as_ref().map(&mut text).transpose()?;
                (text(&keys.id)?, text(&keys.secret)?, token)
            }
        };
        // A token that is an empty text is none: where it comes from cannot leave it out.
        let token = token.filter(|token| !token.is_empty());
        let secrets = [secret.clone()].into_iter().chain(token.clone());
        let credentials = Credentials::new(id, secret, token, None, "load-test");
        let signer = Signer { service, region, credentials };
        Ok(Credential::new(Proof::Aws(signer), secrets.collect::<Vec<_>>()))
    }
}

fn environment_keys() -> Result<(String, String, Option<String>), TaskError> {
    match (env::var("AWS_ACCESS_KEY_ID"), env::var("AWS_SECRET_ACCESS_KEY")) {
        (Ok(id), Ok(secret)) => Ok((id, secret, env::var("AWS_SESSION_TOKEN").ok())),
        _ => Err(TaskError::exception(
            "no AWS keys: give `access_key_id` and `secret_access_key`, or set AWS_ACCESS_KEY_ID \
             and AWS_SECRET_ACCESS_KEY where the load is made",
        )),
    }
}

/// Signs requests.
pub(crate) struct Signer {
    service: String,
    region: String,
    credentials: Credentials,
}

impl Signer {
    /// The request as it goes to a target, with its signature.
    pub(super) fn sign(&self, request: &Request, target: &Target) -> Result<Request, TaskError> {
        self.sign_at(request, target, SystemTime::now())
    }

    fn sign_at(
        &self,
        request: &Request,
        target: &Target,
        now: SystemTime,
    ) -> Result<Request, TaskError> {
        let identity = self.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(now)
            .settings(settings(&self.service))
            .build()?
            .into();
        let headers = request.headers.iter().filter(|(name, _)| is_signed(request, name));
        let headers = headers.map(|(name, value)| {
            (name.as_str(), str::from_utf8(value.as_bytes()).unwrap_or_default())
        });
        let body = SignableBody::Bytes(&request.body);
        let signable =
            SignableRequest::new(request.method.as_str(), target.to_string(), headers, body)?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut signed = request.clone();
        for (name, value) in instructions.headers() {
            let mut value = HeaderValue::try_from(value)?;
            value.set_sensitive(is_secret_name(name));
            signed.headers.insert(HeaderName::try_from(name)?, value);
        }
        Ok(signed)
    }
}

/// What is signed must be sent: the client tells lengths itself, and types with bodies only.
fn is_signed(request: &Request, name: &HeaderName) -> bool {
    ![CONTENT_LENGTH, TRANSFER_ENCODING].contains(name)
        && (*name != CONTENT_TYPE || request.has_body())
}

/// S3 takes paths as they are, and wants the checksum of the body.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Method;

    use super::*;

    /// 2015-08-30T12:36:00Z, and the keys of AWS's test suite for version 4.
    const THEN: Duration = Duration::from_mins(24_015_636);

    fn signed(method: Method, path: &str, change: impl FnOnce(&mut Request)) -> String {
        let (id, secret) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let signer = Signer {
            service: "service".into(),
            region: "us-east-1".into(),
            credentials: Credentials::new(id, secret, None, None, "test"),
        };
        let target = Target::parse("https://example.amazonaws.com").unwrap();
        let target = target.request(path).unwrap();
        let mut request = Request::new(method, path);
        change(&mut request);
        let request = signer.sign_at(&request, &target, SystemTime::UNIX_EPOCH + THEN).unwrap();
        assert_eq!(request.headers["x-amz-date"], "20150830T123600Z");
        request.headers["authorization"].to_str().unwrap().to_owned()
    }

    /// The examples `get-vanilla` and `post-x-www-form-urlencoded` of the test suite.
    #[test]
    fn requests_are_signed_as_in_the_test_suite() {
        let vanilla = signed(Method::GET, "/", |_| {});
        assert_eq!(
            vanilla,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
        let form = signed(Method::POST, "/", |request| {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers.insert(CONTENT_TYPE, form);
            request.body = "Param1=value1".into();
        });
        assert!(form.contains("SignedHeaders=content-type;host;x-amz-date, "), "{form}");
        let signature = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
        assert!(form.ends_with(signature), "{form}");
    }

    #[test]
    fn a_type_without_a_body_is_not_sent_and_not_signed() {
        let with_type = signed(Method::GET, "/", |request| {
            request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        });
        assert_eq!(with_type, signed(Method::GET, "/", |_| {}));
    }
}
