//! `oauth2: {token_url: /oauth/token, grant: client_credentials, ..}`

use super::{optional, required};
use crate::{
    document::{Fields, Node, Rejection, Setting},
    sign_in::{ClientAuth, Grant, OAuth2},
    template::Template,
    yaml::{Reading, body::read_pairs, data::one_of},
};

/// Reads how a token is got from an OAuth 2 server.
pub(super) fn read(name: &str, mut fields: Fields<'_>, reading: &Reading<'_>) -> Option<OAuth2> {
    let token_url = required(&mut fields, "token_url", "a path or URL", reading);
    let grant = grant(&mut fields, reading);
    let client_id = required(&mut fields, "client_id", "the client's name", reading);
    let client_secret = optional(&mut fields, "client_secret", reading);
    let client_auth = fields.get("client_auth").unwrap_or_default();
    let scope = optional(&mut fields, "scope", reading);
    let audience = optional(&mut fields, "audience", reading);
    let further = read_pairs(&mut fields, "parameters", reading).unwrap_or_default();
    let named = |name: &str, value: Option<Template>| Some((name.to_owned(), value?));
    let parameters = [named("scope", scope), named("audience", audience)];
    let parameters = parameters.into_iter().flatten().chain(further).collect();
    fields.finish();
    Some(OAuth2 {
        name: name.into(),
        token_url: token_url?,
        grant: grant?,
        client_id: client_id?,
        client_secret,
        client_auth,
        parameters,
    })
}

fn grant(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Grant> {
    let kind: GrantKind = fields.require("grant")?;
    if kind == GrantKind::Password {
        let user = required(fields, "user", "the user's name", reading);
        let password = required(fields, "password", "the user's password", reading);
        return Some(Grant::Password { user: user?, password: password? });
    }
    Some(Grant::ClientCredentials)
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum GrantKind {
    ClientCredentials,
    Password,
}

impl Setting for GrantKind {
    const EXPECTED: &'static str = "one of client_credentials, password";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let kinds = [("client_credentials", Self::ClientCredentials), ("password", Self::Password)];
        one_of(node, &kinds)
    }
}

impl Setting for ClientAuth {
    const EXPECTED: &'static str = "one of header, body";

    fn read(node: &Node) -> Result<Self, Rejection> {
        one_of(node, &[("header", Self::Header), ("body", Self::Body)])
    }
}
