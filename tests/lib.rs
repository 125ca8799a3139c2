//! The load tests, one folder per API.
