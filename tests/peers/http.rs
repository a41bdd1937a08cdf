//! peers/http
