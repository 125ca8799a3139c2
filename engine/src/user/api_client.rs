//! A user's requests to one API.

use http::Method;

use super::{Outgoing, User};
use crate::{api::Api, http::Request};

/// Makes requests to an API: they go to its host, and have its headers.
pub struct ApiClient<'a> {
    user: &'a mut User,
    api: &'a Api,
}

impl User {
    /// Requests to an API. What it is made of is best wrapped in functions of one's own:
    /// `shop(user).products().find(7)`.
    pub fn api<'a>(&'a mut self, api: &'a Api) -> ApiClient<'a> {
        ApiClient { user: self, api }
    }
}

impl ApiClient<'_> {
    /// The user.
    pub fn user(&mut self) -> &mut User {
        self.user
    }

    /// A `GET` request; the others are built by [`ApiClient::request`].
    pub fn get(&mut self, path: &str) -> Outgoing<'_> {
        self.request(Method::GET, path)
    }

    /// A `POST` request.
    pub fn post(&mut self, path: &str) -> Outgoing<'_> {
        self.request(Method::POST, path)
    }

    /// A `PUT` request.
    pub fn put(&mut self, path: &str) -> Outgoing<'_> {
        self.request(Method::PUT, path)
    }

    /// A `PATCH` request.
    pub fn patch(&mut self, path: &str) -> Outgoing<'_> {
        self.request(Method::PATCH, path)
    }

    /// A `DELETE` request.
    pub fn delete(&mut self, path: &str) -> Outgoing<'_> {
        self.request(Method::DELETE, path)
    }

    /// A request of any method, which counts under its path.
    pub fn request(&mut self, method: Method, path: &str) -> Outgoing<'_> {
        let mut request = Request::new(method, path);
        let problem = self.api.apply(&mut request, &mut self.user.scope()).err();
        Outgoing::new(self.user, request).with_problem(problem.map(|error| error.to_string()))
    }
}
