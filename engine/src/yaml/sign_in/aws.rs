//! `aws: {service: execute-api, region: us-west-2}`

use super::{optional, required};
use crate::{
    document::Fields,
    sign_in::{Aws, Keys},
    yaml::Reading,
};

/// Reads what requests are signed for, and with which keys.
pub(super) fn read(mut fields: Fields<'_>, reading: &Reading<'_>) -> Option<Aws> {
    let service = required(&mut fields, "service", "a service, such as execute-api", reading);
    let region = required(&mut fields, "region", "a region, such as us-west-2", reading);
    let id = optional(&mut fields, "access_key_id", reading);
    let secret = optional(&mut fields, "secret_access_key", reading);
    let session_token = optional(&mut fields, "session_token", reading);
    let keys = match (id, secret) {
        (Some(id), Some(secret)) => Some(Keys { id, secret, session_token }),
        (None, None) if session_token.is_none() => None,
        _ => {
            let message = "expected both `access_key_id` and `secret_access_key`, or neither: then \
                           they are taken from the generator's environment variables";
            reading.reject(fields.place(), fields.path(), message);
            None
        }
    };
    fields.finish();
    Some(Aws { service: service?, region: region?, keys })
}
