//! The outer two rings of tests: edges over real loopback sockets and a real store, and whole runs of the program.
//! Pure behaviour is tested beside its code. One binary, because each further one costs a link of the whole tree.
#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub, missing_docs)]

mod peers {
    pub mod certificates;
    pub mod clock;
    pub mod cutdisk;
    pub mod http;
    pub mod proxy;
    pub mod sample;
    pub mod smalldisk;
    pub mod smtp;
    pub mod trap;
}

mod attacks;
mod bed;
mod care;
mod config;
mod copies;
mod damage;
mod demo;
mod desk;
mod docs;
mod faults;
mod fetch;
mod flood;
mod fulltext;
mod guide;
mod health;
mod house;
mod kill;
mod kinds;
mod lookback;
mod mail;
mod manual;
mod newsdesk;
mod newsroom;
mod openpgp;
mod operator;
mod oracle;
mod outage;
mod outside;
mod postfix;
mod power;
mod rebuild;
mod running;
mod seeds;
mod sources;
mod space;
mod store;
mod stories;
mod supply;
mod trials;
mod r#try;
mod websub;
mod whole;
