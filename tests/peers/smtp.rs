//! peers/smtp
